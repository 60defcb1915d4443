import type { Desk } from '../../../app.ts'
import { type Instant, localDate, sayDate, sayTime, sayWhen, type Zone } from '../../../salon/time.ts'
import type { Terminal } from '../terminal.ts'
import { withDesk } from '../with-desk.ts'
import { wrapText } from '../wrap.ts'

type Preview = Awaited<ReturnType<Desk['confirmations']['preview']>>[number]

/** `desk confirmations`: what would be texted on a day to confirm visits, and why not. Sends nothing. */
export async function confirmations({ terminal, options }: { terminal: Terminal; options: { date?: string; location?: string; json?: boolean } }): Promise<void> {
  await withDesk({ terminal }, async (desk) => {
    const previews = await desk.confirmations.preview({ locationId: options.location, date: options.date })
    if (options.json === true) return terminal.out(JSON.stringify(previews, null, 2))
    for (const preview of previews) terminal.out(wrapText(sayPreview(preview, desk.clock.now()), terminal.columns))
  })
}

function sayPreview({ location: { name, zone }, date, on, mode, lines }: Preview, now: Instant): string {
  const texts = lines.filter((line) => 'text' in line).length
  const count = texts === 0 ? 'no texts' : texts === 1 ? '1 text' : `${texts} texts`
  const head = `${name}, ${sayDate(date, localDate(now, zone))}: ${count}${lines.length > texts ? `, ${lines.length - texts} left out` : ''}. ${on ? modes[mode] : 'Confirmation texts are switched off here.'}`
  return [head, ...lines.map((line) => sayLine(line, zone, now))].join('\n')
}

const modes: Record<Preview['mode'], string> = { shadow: 'They are only recorded.', assisted: 'A person approves them.', autonomous: 'They go by themselves, within the cap.' }
const steps: Record<Preview['lines'][number]['visits'][number]['step'], string> = { early: 'first text', confirm: 'standard text', last: 'last text', again: 'asked before' }

function sayLine(line: Preview['lines'][number], zone: Zone, now: Instant): string {
  const visits = line.visits.map(({ start, step }) => `${sayWhen(start, zone, now)} (${steps[step]})`).join(', ')
  return 'text' in line
    ? `  ${sayTime(line.at, zone)}  ${line.client.name}: ${visits}\n      "${line.text}"`
    : `  no text  ${line.client.name}: ${visits}\n      ${line.why}`
}
