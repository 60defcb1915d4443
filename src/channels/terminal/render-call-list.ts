import { styleText } from 'node:util'
import type { CallItem, CallList, LocationCallList } from '../../calls/call-list.ts'
import { sayMoney } from '../../salon/money.ts'
import { localDate, sayDate, sayTime, type Zone } from '../../salon/time.ts'
import { wrap } from './wrap.ts'

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

/** How the desk's own call about an item stands, in words. */
type SayCall = (item: CallItem, zone: Zone) => string | undefined

/** The call list for a terminal: plain text in `columns` (default 80), one block a location, colour only when asked for. */
export function renderCallList(list: CallList, { columns = 80, colour = false, sayCall = () => undefined }: { columns?: number; colour?: boolean; sayCall?: SayCall } = {}): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text)
  const width = Math.max(40, columns)
  const blocks = list.locations.map((one) => renderLocation({ list, one, width, paint, sayCall }))
  const called = list.locations.some(({ items }) => items.length > 0)
  const foot = called ? [wrap(`Order: risk x money at stake x chance that a call helps; ${list.effect.note}.`, width, '').map((line) => paint('dim', line)).join('\n')] : []
  return [...blocks, ...foot].join('\n\n')
}

function renderLocation({ list, one, width, paint, sayCall }: { list: CallList; one: LocationCallList; width: number; paint: Paint; sayCall: SayCall }): string {
  const { location, date, summary, items, heldOut, notes } = one
  const today = localDate(list.now, location.zone)
  const title = clean(`${list.business}${location.name === list.business ? '' : `, ${location.name}`}: calls for ${sayDate(date, today)}`)
  const lines = [...wrap(title, width, '').map((line) => paint('bold', line)), paint('dim', '-'.repeat(Math.min(width, title.length)))]
  if (summary.appointments > 0) lines.push(...wrap(sayDay(one), width, ''))
  lines.push(...notes.flatMap((note) => wrap(note, width, '')))
  if (summary.appointments > 0 && items.length === 0) lines.push('Nobody needs a call.')
  for (const item of items) lines.push('', ...renderItem({ item, width, paint, zone: location.zone, call: sayCall(item, location.zone) }))
  if (heldOut.length > 0) {
    lines.push('', ...wrap(`Held out, so that we can measure what calling does (please do not call):`, width, ''))
    for (const { timeText, client, services } of heldOut) lines.push(...wrap(clean(`${timeText}  ${client.name}, ${services.join(' + ')}`), width, '    '))
  }
  return lines.join('\n')
}

function sayDay({ summary, items, heldOut }: LocationCallList): string {
  const { appointments, atRisk, expectedFailures, moneyAtRisk, confirmed } = summary
  return [
    `${appointments} appointment${appointments === 1 ? '' : 's'} ahead`,
    `${atRisk} at risk`,
    `about ${expectedFailures.toFixed(1)} chairs lost if nobody calls`,
    `${sayMoney({ ...moneyAtRisk, minor: Math.round(moneyAtRisk.minor / 100) * 100 })} at stake`,
    ...(confirmed > 0 ? [`${confirmed} confirmed`] : []),
    `${items.length} to call`,
    ...(heldOut.length > 0 ? [`${heldOut.length} held out`] : []),
  ].join(' · ')
}

const bandStyle = { low: 'green', medium: 'yellow', high: 'red' } as const

function renderItem({ item, width, paint, zone, call }: { item: CallItem; width: number; paint: Paint; zone: Zone; call: string | undefined }): string[] {
  const { rank, client, timeText, services, staff, price, band, risk, reasons, expectedValue, talkingPoints, script, outcome, status } = item
  const right = `${band} ${Math.round(risk * 100)} %`
  const left = clip(clean(`${String(rank).padStart(2)}. ${client.name}, ${timeText}`), width - right.length - 2)
  const head = `${paint('bold', left)}${' '.repeat(width - left.length - right.length)}${paint(bandStyle[band], right)}`
  const worth = expectedValue.chance.value === 0 ? '' : ` · call worth ${sayMoney(expectedValue.value)}`
  const facts = clean(`${services.join(' + ')} with ${staff.join(' + ')} · ${sayMoney(price)}${worth}${status === 'confirmed' ? ' · confirmed' : ''}`)
  return [
    head,
    ...wrap(facts, width, '    '),
    ...(reasons.length > 0 ? labelled('Why', reasons.join('; '), width, paint) : []),
    ...talkingPoints.flatMap(({ text, source }) => labelled('Know', `${text} [${source}]`, width, paint)),
    ...labelled('Say', `"${script.spoken}"`, width, paint),
    ...labelled('Text', `"${script.text}"`, width, paint),
    ...(script.modelRejected === undefined ? [] : labelled('Note', `template used, the model's wording was refused: ${script.modelRejected}`, width, paint)),
    ...(call === undefined ? [] : labelled('Call', call, width, paint)),
    ...(outcome === undefined ? [] : labelled('Done', `${outcome.outcome} at ${sayTime(outcome.at, zone)} by ${outcome.by}`, width, paint)),
  ]
}

const labelWidth = 10

function labelled(label: string, text: string, width: number, paint: Paint): string[] {
  const [first = '', ...more] = wrap(clean(text), width, ' '.repeat(labelWidth))
  return [`    ${paint('cyan', label.padEnd(labelWidth - 4))}${first.slice(labelWidth)}`, ...more]
}

function clip(text: string, room: number): string {
  return text.length <= room ? text : `${text.slice(0, room - 1)}…`
}

/** Names come from outside: control characters in one must not reach the terminal. */
function clean(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
}
