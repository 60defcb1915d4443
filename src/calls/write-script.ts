import { addMoney } from '../salon/money.ts'
import type { Appointment, Client, Location, Service, StaffMember } from '../salon/salon.ts'
import { daysBetween, type Instant, localDate, sayDate, sayTime } from '../salon/time.ts'
import { loadPrompt, type Prompt } from '../prompts/load-prompt.ts'
import type { Script, TalkingPoint } from './call-list.ts'
import { checkScript, type ScriptFacts } from './check-script.ts'
import { toGsm } from '../salon/gsm-text.ts'
import { firstName, inSentence, plainName, plainTitle, sayList } from '../salon/plain-names.ts'

export type ScriptTemplates = { spoken: Prompt; text: Prompt }

/** The templates of `prompts/`; read once a list. */
export async function loadScriptTemplates(dir?: string): Promise<ScriptTemplates> {
  const from = dir === undefined ? {} : { dir }
  const [spoken, text] = await Promise.all([loadPrompt({ id: 'call-spoken', ...from }), loadPrompt({ id: 'call-text', ...from })])
  return { spoken, text }
}

/**
 * What a script may be made of. A name that is not a plain name (a link, a sentence) is left out: clients choose
 * their own, and nothing they write may end up in the salon's mouth.
 */
export function scriptFacts({ appointment, client, salon, location, services, staff, points, strangers, serviceWords, now }: {
  appointment: Appointment
  client: Pick<Client, 'firstName' | 'lastName'> | undefined
  salon: string
  location: Location
  services: Map<string, Service>
  staff: Map<string, StaffMember>
  points: TalkingPoint[]
  strangers: ReadonlySet<string>
  serviceWords: ReadonlySet<string>
  now: Instant
}): ScriptFacts {
  const prices = appointment.segments.map(({ price }) => price)
  const unique = (names: (string | undefined)[]): string[] => [...new Set(names.filter((name) => name !== undefined))]
  return {
    firstName: plainName(client?.firstName),
    lastName: plainName(client?.lastName),
    salon: plainTitle(salon) || 'the salon',
    location: location.name,
    staff: unique(appointment.segments.map(({ staffId }) => plainName(staff.get(staffId)?.name) || undefined)),
    services: unique(appointment.segments.map(({ serviceId }) => plainTitle(services.get(serviceId)?.name) || undefined)),
    prices: [...prices, addMoney(prices, location.currency)],
    start: appointment.start,
    timeKnown: appointment.timeKnown,
    zone: location.zone,
    now,
    points: points.flatMap(({ say }) => (say === undefined ? [] : [say])),
    strangers,
    serviceWords,
  }
}

/**
 * Script and text from the templates, with the first talking point that may be said. Checked like a model's: should
 * the facts themselves be unfit (a service called "50 % off"), the parts that spoil it are dropped, one by one.
 */
export function templateScript({ templates, facts }: { templates: ScriptTemplates; facts: ScriptFacts }): Script {
  return { spoken: fillFirstGood({ prompt: templates.spoken, channel: 'spoken', facts }), text: fillFirstGood({ prompt: templates.text, channel: 'text', facts }), from: 'template' }
}

function fillFirstGood({ prompt, channel, facts }: { prompt: Prompt; channel: 'spoken' | 'text'; facts: ScriptFacts }): string {
  const plain = { ...facts, points: [] }
  const anonymous = { ...plain, firstName: '', lastName: '' }
  const tries = [facts, plain, anonymous, { ...plain, staff: [] }, { ...anonymous, staff: [], services: [] }]
  for (const attempt of tries) {
    const script = fill({ prompt, channel, facts: attempt })
    if (checkScript({ script, channel, facts: attempt }).ok) return script
  }
  return fill({ prompt, channel, facts: { ...anonymous, staff: [], services: [], salon: 'the salon' } })
}

function fill({ prompt, channel, facts }: { prompt: Prompt; channel: 'spoken' | 'text'; facts: ScriptFacts }): string {
  const filled = prompt.render({
    client: facts.firstName === '' ? '' : ` ${facts.firstName}`,
    salon: facts.salon,
    services: facts.services.length === 0 ? 'appointment' : sayList(facts.services.map(inSentence)),
    staff: facts.staff.length === 0 ? '' : ` with ${sayList(facts.staff.map(firstName))}`,
    when: sayVisitTime(facts),
    point: facts.points[0] ?? '',
  }).replaceAll(/\s+/g, ' ').trim()
  return channel === 'text' ? toGsm(filled) : filled
}

/** As a person says it: "today at 3 pm", "tomorrow at 3:30 pm", "on Friday 27 November at 3 pm"; without the time where it is not known. */
export function sayVisitTime({ start, timeKnown, zone, now }: Pick<ScriptFacts, 'start' | 'timeKnown' | 'zone' | 'now'>): string {
  const [date, today] = [localDate(start, zone), localDate(now, zone)]
  const ahead = daysBetween(today, date)
  const day = ahead === 0 ? 'today' : ahead === 1 ? 'tomorrow' : `on ${sayDate(date, today)}`
  return timeKnown ? `${day} at ${sayTime(start, zone).replace(':00 ', ' ')}` : day
}
