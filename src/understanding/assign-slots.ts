import { assignMove } from './assign-move.ts'
import type { Spans } from './find-spans.ts'
import { readDetails, readNote, readOutcome, readStatus } from './read-details.ts'
import type { PersonFind } from './read-people.ts'
import type { Intent, Named, Slots } from './reading.ts'
import type { DatePhrase } from './time-phrases/time-phrase.ts'

/** In these a name that fits both a client and a staff member is the stylist's. */
const aboutStaff = new Set<Intent>(['day_book', 'find_slots', 'risk_summary', 'waitlist_for_slot'])
const aboutClient = new Set<Intent>([
  'find_client', 'client_profile', 'appointment', 'draft_script', 'record_outcome', 'propose_reschedule', 'propose_cancel', 'propose_booking', 'propose_note', 'propose_status', 'propose_waitlist_fill',
])
/** Talk in which names and times play no part. */
const bare = new Set<Intent>(['help', 'greeting', 'thanks', 'cancel_question'])

/** Puts what was found into the slots of the intent; what found no place is `unread`. */
export function assignSlots({ text, intent, spans }: { text: string; intent: Intent; spans: Spans }): { slots: Slots; unread: string[] } {
  if (bare.has(intent)) return { slots: {}, unread: [] }
  if (intent === 'search_policies') return { slots: { ...pick(spans), topic: text }, unread: [] }
  const note = intent === 'propose_note' ? readNote(text, spans.people[0]?.end) : undefined
  // What stands inside a note is its text, not when or for whom.
  const outside = <T extends { start: number }>(finds: T[]): T[] => (note === undefined ? finds : finds.filter(({ start }) => start < note.start))
  // "add a note that Ruth prefers tea": the note itself says whose it is.
  const people = outside(spans.people).length > 0 ? outside(spans.people) : spans.people.slice(0, 1)
  const { client, otherClient, staff, unread } = assignPeople({ text, intent, people })
  const dates = outside(spans.times.dates)
  const times = outside(spans.times.times)
  const when = intent === 'propose_reschedule' ? assignMove({ text, dates, times, services: spans.services }) : { ...(dates[0] && { date: wholeRange(dates) }), ...(times[0] && { time: times[0] }) }
  const outcome = intent === 'record_outcome' ? readOutcome(text) : undefined
  const status = intent === 'propose_status' ? readStatus(text) : undefined
  const service = outside(spans.services)[0]?.named
  const location = outside(spans.locations)[0]?.named
  const { refersBack, ...details } = readDetails(note === undefined || people.length === 0 ? text : text.slice(0, note.start))
  return {
    slots: {
      ...(client && { client }), ...(otherClient && { otherClient }), ...(staff && { staff }), ...(service && { service }), ...(location && { location }), ...when, ...details,
      ...(outcome && { outcome }), ...(status && { status }), ...(note && { noteText: note.note }),
      ...(refersBack && client === undefined && { refersBack }),
    },
    unread,
  }
}

function pick({ services, times }: Spans): Slots {
  return { ...(services[0] && { service: services[0].named }), ...(times.dates[0] && { date: times.dates[0] }) }
}

function assignPeople({ text, intent, people }: { text: string; intent: Intent; people: PersonFind[] }): { client?: Named; otherClient?: Named; staff?: Named; unread: string[] } {
  const clients: { named: Named; find: PersonFind }[] = []
  const staffs: { named: Named; find: PersonFind }[] = []
  const hasClient = people.some(({ client, staff }) => client !== undefined && staff === undefined)
  for (const find of people) {
    const { client, staff } = find
    const both = client !== undefined && staff !== undefined
    // "Jamie's 3 o'clock" may be the client's or the stylist's: the planner asks.
    const owner = find.possessive && /^['’]?s?\s+(?:\d|noon|half|quarter)/i.test(text.slice(find.end))
    if (both && !owner && (aboutStaff.has(intent) || (hasClient && aboutClient.has(intent)))) staffs.push({ named: staff, find })
    else if (both && !owner && aboutClient.has(intent)) clients.push({ named: client, find })
    else {
      if (client !== undefined) clients.push({ named: client, find })
      if (staff !== undefined) staffs.push({ named: staff, find })
    }
  }
  // "give Dana's 3pm to Ana": who gets it stands after "to", "for" or "with", or is the one without the possessive.
  const gets = intent === 'propose_waitlist_fill' && clients.length > 1 ? (clients.find(({ find }) => /\b(?:to|for|with)\s+$/i.test(text.slice(0, find.start))) ?? clients.find(({ find }) => !find.possessive)) : undefined
  // "from Maya to Priya", "Marcus instead of Maya", "Maya is off, try Priya": whom the visit is to be with.
  const before = ({ find }: { find: PersonFind }) => text.slice(0, find.start)
  const wanted = staffs.length < 2 ? staffs[0] : (staffs.find((each) => /\b(?:to|onto|try|use)\s+$/i.test(before(each))) ?? staffs.find((each) => !/\b(?:from|instead of|rather than|not|off)\s+$/i.test(before(each))))
  const first = gets ?? clients[0]
  const others = clients.filter((each) => each !== first && !each.named.ids.every((id) => first?.named.ids.includes(id) ?? false))
  return {
    ...(first && { client: first.named }),
    ...(others[0] && { otherClient: others[0].named }),
    ...(wanted && { staff: wanted.named }),
    unread: [...others.slice(1).map(({ named }) => named.text), ...(intent === 'propose_reschedule' ? [] : staffs.filter((each) => each !== wanted).map(({ named }) => named.text))],
  }
}

/** "saturday or sunday", "from monday to wednesday": the days from the first to the last. */
function wholeRange(dates: DatePhrase[]): DatePhrase {
  return { ...dates[0]!, from: dates.map(({ from }) => from).toSorted()[0]!, to: dates.map(({ to }) => to).toSorted().at(-1)! }
}
