import type { AuditEntry } from '../../store/audit.ts'
import { callReasons } from '../../store/tables/phone.ts'
import { sayWhyCalled } from '../cards/say-phone.ts'

/** Parts of the desk that act by themselves. */
const ownHands = new Set(['desk', 'executor', 'messages', 'slack'])

/** Names for what the log knows by id; undefined for what is gone. */
export type AuditNames = { person: (id: string) => string | undefined; client: (id: string) => string | undefined; location: (id: string) => string | undefined; proposal: (id: string) => string | undefined }

type Row = Pick<AuditEntry, 'action' | 'subject'> & { detail: Record<string, unknown> }

/** Who did it. */
export function sayWho({ actor, names }: { actor: string; names: AuditNames }): string {
  if (ownHands.has(actor)) return 'The desk'
  // Named by the call, for nobody has proven who they are.
  if (actor.startsWith('call:')) return 'A caller'
  return actor.startsWith('client:') ? (names.client(actor.slice('client:'.length)) ?? 'A client') : (names.person(actor) ?? actor.replace(/^[a-z]+:/, ''))
}

/** The client that a row is about, by id. */
export function clientOf({ subject, detail }: Pick<Row, 'subject' | 'detail'>): string | undefined {
  if (subject.startsWith('thread:')) return subject.slice('thread:'.length)
  return typeof detail.clientId === 'string' ? detail.clientId : undefined
}

/** What was done, for people who were not there; `{client}` is whom it was about. An action that is new here is said by its name. */
const said: Record<string, string> = {
  'proposal.created': 'prepared a change',
  'proposal.recorded': 'recorded what would have been prepared (shadow mode)',
  'proposal.superseded': 'replaced a prepared change',
  'proposal.expired': 'let it expire; nothing was changed',
  'proposal.started': 'began to carry it out',
  'proposal.done': 'carried it out and read it back',
  'proposal.failed': 'could not carry it out',
  'proposal.unknown': 'got no answer and is checking whether it went through',
  'proposal.by_hand': 'left it to a person: the booking system has no way for the desk to do it',
  'proposal.not_seen': 'looked whether it was done by hand and did not see it yet',
  'by_hand.done': 'said that it is done by hand',
  'by_hand.not_done': 'said that it could not be done by hand',
  'by_hand.taken_back': 'said that it was not done by hand after all',
  'by_hand.already': 'pressed after somebody else had; nothing was changed',
  'by_hand.expired': 'pressed after its time was over; nothing was changed',
  'by_hand.not_allowed': 'was refused: the role does not allow it',
  'by_hand.mismatch': 'pressed a button that does not belong to it; nothing was done',
  'proposal.waiting': 'will try again shortly',
  'proposal.held_back': 'held it back',
  'decision.approved': 'approved it',
  'decision.rejected': 'rejected it',
  'decision.already_decided': 'pressed after it was decided; nothing was changed',
  'decision.expired': 'pressed after it had expired; nothing was changed',
  'decision.stale': 'pressed, but the booking had changed meanwhile; nothing was changed',
  'decision.not_allowed': 'was refused: the role does not allow it',
  'card.refused': 'pressed a button that does not belong to it; nothing was done',
  'press.refused': 'pressed without a role at the desk; nothing was done',
  'agent.turn': 'asked the desk',
  'voice_note.heard': 'spoke to the desk and was shown what was heard',
  'voice_note.asked': 'sent the words of a recording to the desk',
  'feedback.good': 'said that an answer helped',
  'feedback.bad': 'said that an answer did not help',
  'brief.made': 'made the morning list',
  'call.asked': 'asked for a call to {client}',
  'call.ringing': 'was rung, to be connected with {client}',
  'call.connected': 'was connected with {client}',
  'call.not_taken': 'did not go on with the call; {client} was not rung',
  'call.machine': 'reached an answering machine of {client}',
  'call.ended': 'ended the call to {client}',
  'call.phone_set': 'said which phone rings for them',
  'call.outcome': 'noted how the call to {client} went',
  'scores.recorded': 'kept the risk scores of the day',
  'text.queued': 'put a text to {client} in line',
  'text.started': 'began to send a text to {client}',
  'text.sent': 'sent a text to {client}',
  'text.failed': 'could not send a text to {client}',
  'text.unknown': 'does not know whether a text reached {client} and does not send it again',
  'text.waiting': 'will try to send a text to {client} again shortly',
  'text.suppressed': 'did not send a text to {client}',
  'email.queued': 'put an email to {client} in line',
  'email.started': 'began to send an email to {client}',
  'email.sent': 'sent an email to {client}',
  'email.failed': 'could not send an email to {client}',
  'email.unknown': 'does not know whether an email reached {client} and does not send it again',
  'email.waiting': 'will try to send an email to {client} again later',
  'email.suppressed': 'did not send an email to {client}',
  'email.not_wanted': 'did not write to {client} by email instead',
  'text.accepted': 'handed a text to {client} to the phone company',
  'text.sending': 'handed a text to {client} to the phone company',
  'text.passed_on': 'handed a text to {client} to the phone company',
  'text.delivered': 'knows that a text to {client} arrived',
  'text.read': 'knows that {client} has read a text',
  'text.undelivered': 'learnt that a text to {client} did not arrive',
  'text.read_as': 'said how the text of {client} is to be read',
  'text.noted': 'wrote a text that asks for nothing',
  'text.received': 'wrote a text',
  'text.answered': 'answered the question in a text',
  'text.helped': 'asked for help by text and got it',
  'text.needs_person': 'wrote something that a person should read',
  'phone.call_began': 'answered a call',
  'phone.turn': 'spoke with the desk on the phone',
  'phone.call_ended': 'saw a call end',
  'phone.missed': 'found a call that had come while it could not answer',
  'phone.seen_to': 'saw to a call',
  'phone.said': 'said something to {client} on the phone',
  'phone.cut_in': 'cut in on the phone; what was not heard does not count as said',
  'phone.link_wanted': 'asked on the phone for a link to what the salon has written',
  'phone.answered': 'answered a question on the phone',
  'phone.noted': 'said something on the phone that asks for nothing',
  'phone.helped': 'asked for help on the phone and got it',
  'phone.needs_person': 'said something on the phone that a person should hear',
  'client.confirmed_by_text': 'confirmed the visit by text',
  'consent.in': 'noted that {client} may get texts',
  'consent.out': 'noted that {client} may not get texts',
  'thread.taken_over': 'took the texts of {client} over; the desk is silent there',
  'thread.handed_back': 'handed the texts of {client} back to the desk',
  'template.changed': 'changed the wording of a text',
  'template.restored': 'went back to the shipped wording of a text',
  'times.held': 'held times for {client} to choose from',
  'times.released': 'let times go that were held for {client}',
  'confirmations.planned': 'planned confirmation texts',
  'confirmations.left_out': 'left a confirmation text out',
  'waitlist.open': 'saw that a chair came free',
  'waitlist.offering': 'began to offer a free chair',
  'waitlist.booking': 'began to book whoever said yes',
  'waitlist.filled': 'filled a free chair',
  'waitlist.lost': 'lost a free chair to somebody else',
  'waitlist.closed': 'stopped offering a free chair',
  'waitlist.too_late': 'gave a free chair up: it became too late',
  'waitlist.needs_person': 'asked for a person to look at a free chair',
  'waitlist.joined': 'joined the waitlist',
  'waitlist.changed': 'changed what is waited for',
  'waitlist.left': 'left the waitlist',
  'waitlist.mirrored': 'put an entry on the waitlist of the booking system, too',
  'waitlist.mirror_refused': 'could not put an entry on the waitlist of the booking system',
  'offer.queued': 'took {client} as the next to be offered a chair',
  'offer.sent': 'offered {client} a free chair',
  'offer.send_unknown': 'does not know whether an offer reached {client}',
  'offer.accepted': 'got a yes to an offer to {client}',
  'offer.booking': 'began to book {client}',
  'offer.booked': 'booked {client} from the waitlist and read it back',
  'offer.declined': 'got a no to an offer to {client}',
  'offer.expired': 'got no answer to an offer to {client} in time',
  'offer.withdrawn': 'took back, or never made, an offer to {client}',
  'offer.undeliverable': 'could not reach {client} with an offer',
  'offer.suppressed': 'did not text an offer to {client}',
  'offer.skipped': 'left {client} out of the offers',
  'offer.apologised': 'could not book {client} after a yes, and said so',
  'offer.book_failed': 'could not book {client} after a yes',
  'offer.late_yes': 'got a yes from {client} after the offer was over',
  'proposal.withdrawn': 'took a prepared change back',
  'client.opted_out': 'wants no more texts',
  'client.opted_in': 'wants texts again',
  'thread.looked_after': 'saw to the texts of {client}',
  'setting.changed': 'changed a setting',
  'book.loaded': 'loaded the book',
  'platform.connected': 'connected the booking system',
  'platform.disconnected': 'disconnected the booking system; what was still to be written there is forgotten',
  'platform.probed': 'tried whether it may change the booking system\'s book',
  'platform.read': 'has read the booking system\'s whole book',
  'platform.clients_imported': 'brought in a list of clients',
  'platform.refused': 'is no longer let into the booking system: it refuses the key',
  'platform.accepted': 'is let into the booking system again',
  'platform.sync_failed': 'could not read the booking system and tries again',
  'platform.webhooks_silent': 'found changes that the booking system should have told of, and asks more often',
  'platform.double_booking': 'found somebody else at a time that it had just given to {client}',
  'platform.overbooked': 'saw that {client} was booked, in the booking system, onto somebody else\'s time',
  'platform.not_written': 'gave up writing to the booking system',
  'page.link_made': 'made a sign-in link for the page',
  'page.signed_in': 'signed in on the page',
  'page.signed_out': 'signed out of the page',
  'page.person_switched': 'took another role (demo)',
}

/** What it was about, by the kind in the subject. */
const things: Record<string, string> = { appointment: 'an appointment', platform: '', phone: '', thread: '', brief: '', card: '', confirmations: '', opening: '', waitlist: '', conversation: '', person: '', voice_note: '', business: '', scores: '', settings: '', template: '' }

/** One audit row in plain words: what was done, to what, and the detail that tells one from another. */
export function sayAudit({ row, names }: { row: Row; names: AuditNames }): string {
  if (row.subject === 'setting:pause') return isOn(row.detail.after) ? 'paused the desk: nothing is changed or sent' : 'let the desk act again'
  if (row.action === 'setting.changed') return saySetting({ row, names })
  const client = clientOf(row)
  const done = (said[row.action] ?? row.action.replaceAll(/[._]/g, ' ')).replace('{client}', (client === undefined ? undefined : names.client(client)) ?? 'a client')
  const about = row.action.startsWith('call.') || row.action === 'client.confirmed_by_text' || row.action.startsWith('platform.') ? '' : sayAbout({ subject: row.subject, names })
  const more = sayDetail(row)
  return `${done}${about === '' ? '' : `: ${about}`}${more === '' ? '' : ` (${more})`}`
}

function sayAbout({ subject, names }: { subject: string; names: AuditNames }): string {
  const [kind = '', ...rest] = subject.split(':')
  const id = rest.join(':')
  if (kind === 'proposal') return [names.proposal(id), id].filter((part) => part !== undefined).join(', ')
  if (kind === 'brief') return names.location(id.replace(/:[^:]*$/, '')) ?? ''
  return things[kind] ?? kind.replaceAll('_', ' ')
}

function sayDetail({ action, detail }: Row): string {
  if (action.startsWith('call.') && detail.demo === true) return 'demo: no phone rang'
  if (action === 'call.outcome' && typeof detail.outcome === 'string') return detail.outcome.replaceAll('-', ' ')
  if (['text.suppressed', 'email.suppressed', 'email.not_wanted'].includes(action) && typeof detail.code === 'string') return detail.code.replaceAll('_', ' ')
  if (action.startsWith('consent.') && typeof detail.source === 'string') return consentSources[detail.source] ?? detail.source
  if (/^(?:waitlist|offer)\./.test(action) && typeof detail.why === 'string') return whys[detail.why] ?? detail.why.replaceAll('_', ' ')
  if (action === 'voice_note.heard' && detail.by === 'slack') return 'by Slack'
  if (action === 'voice_note.asked' && detail.corrected === true) return 'corrected first'
  if (action === 'phone.turn') return sayTurn(detail)
  if (action === 'phone.call_ended' && typeof detail.why === 'string') return ends[detail.why] ?? ''
  if (action === 'phone.missed' && typeof detail.seconds === 'number') return `${detail.seconds} s`
  if (action === 'platform.sync_failed' || action === 'platform.not_written') return sayWhyNot(detail)
  if (action === 'platform.double_booking') return detail.undone === true ? 'its own is taken back' : 'both are still there'
  if (action === 'platform.webhooks_silent' && typeof detail.overlooked === 'number') return `${detail.overlooked} of them`
  if (action === 'text.read_as' && typeof detail.as === 'string') return detail.as
  if (action === 'agent.turn' && typeof detail.brain === 'string' && detail.brain !== 'embedded') return `answered by ${detail.brain}`
  return ''
}

const ends: Record<string, string> = { caller: 'the caller hung up', desk: 'all was said, or a person took over', lost: 'the line broke' }

/** "handed to a person: they asked for a person". */
function sayTurn({ next, why }: Record<string, unknown>): string {
  const reason = callReasons.find((one) => one === why)
  return reason === undefined ? '' : `${next === 'hand_over' ? 'handed to a person' : 'for a person'}: ${sayWhyCalled(reason)}`
}

/** "a note: the visit is gone there". */
function sayWhyNot({ kind, code, why }: Record<string, unknown>): string {
  const reason = code ?? why
  const what = typeof kind === 'string' ? writeBacks[kind] : undefined
  const because = typeof reason === 'string' ? (refusals[reason] ?? reason.replaceAll('_', ' ')) : undefined
  return [what, because].filter((part) => part !== undefined).join(': ')
}

const writeBacks: Record<string, string> = { risk: 'a risk score', note: 'a note', cancel: 'taking a double booking back' }
const refusals: Record<string, string> = { auth: 'it refuses the key', forbidden: 'the key does not allow it', not_found: 'the visit is not there any more', unavailable: 'it does not answer', unsupported: 'it has no way for that', invalid: 'what it answers, or was sent, cannot be used', unknown_outcome: 'it did not answer', conflict_version: 'somebody kept changing it' }

const whys: Record<string, string> = { not_needed: 'it was over before their turn', staff: 'a person said so', no_time_left: 'no time was left', nobody_took_it: 'nobody took it', taken_elsewhere: 'somebody booked it elsewhere', nobody_decided: 'nobody decided about it' }

const consentSources: Record<string, string> = { keyword: 'by the keyword', words: 'in their own words', service: 'the phone company says so', staff: 'noted by a person', link: 'by the link in an email', wrong_person: 'somebody else has the number' }

const settings: Record<string, string> = { waitlist: 'how chairs are filled', texts: 'how texts go out', confirmations: 'how visits are confirmed', brief: 'when the call list is made', calls: 'how the call list is made', 'calls.effect': 'what is known of how much calls help', 'demo.day': 'the day of the demo', 'slack.channel': 'the desk\'s channel in Slack', 'slack.connection': 'whether Slack is connected' }
const kinds: Record<string, string> = { reschedule: 'moving visits', cancel: 'cancelling', book: 'booking', set_status: 'check-ins and no-shows', note: 'notes', waitlist_fill: 'filling from the waitlist', waitlist_offers: 'offers to the waitlist', confirmation_texts: 'confirmation texts', text_client: 'texts in people\'s own words' }

/** "changed how the call list is made at Hawthorne: at most 12 → 10". */
function saySetting({ row: { subject, detail }, names }: { row: Row; names: AuditNames }): string {
  const [, scope, name = ''] = /^setting:(?:(.+)\/)?([^/]+)$/.exec(subject) ?? []
  const kind = name.replace(/^mode:/, '')
  const what = kind === name ? (settings[name] ?? name.replaceAll(/[._]/g, ' ')) : `how far the desk may go with ${kinds[kind] ?? kind.replaceAll('_', ' ')}`
  const where = scope === undefined ? '' : ` at ${names.location(scope) ?? 'a location'}`
  // What is only measured, or an id, tells nobody anything.
  const change = ['calls.effect', 'slack.channel', 'slack.connection'].includes(name) ? '' : sayChange(detail)
  return `changed ${what}${where}${change === '' ? '' : `: ${change}`}`
}

const fields: Record<string, string> = { atLeast: 'at least', atMost: 'at most', minimumBand: 'least risk', confirmed: 'confirmed ones', holdOutShare: 'share left uncalled', minimumStake: 'least stake', modelScripts: 'scripts by the model', perDay: 'daily limit', on: 'on', policy: 'order', delayMin: 'minutes for the desk alone', windowMin: 'minutes to think', most: 'at the same time at most', mostOffers: 'for one chair at most', noticeMin: 'minutes of notice', perClientPerWeek: 'offers to a client a week', chainDepth: 'depth of a chain', blackouts: 'days without offers', managerAbove: 'manager above', lineUpAbove: 'lined up above' }
const values: Record<string, string> = { assisted: 'asks a person first', shadow: 'only records', autonomous: 'acts alone', 'rank-low': 'come last', 'leave-out': 'are left out', first_in_line: 'first in line', highest_value: 'highest value', best_match: 'best match', offer_to_all: 'offer to all' }

/** Only what differs, before and after. */
function sayChange({ before, after }: Record<string, unknown>): string {
  if (!isRecord(after)) return [...(before === null || before === undefined ? [] : [sayPlain(before)]), sayPlain(after)].join(' → ')
  const was = isRecord(before) ? before : {}
  return Object.entries(after).filter(([name, value]) => was[name] !== value).map(([name, value]) => {
    const change = [...(was[name] === undefined ? [] : [sayPlain(was[name])]), sayPlain(value)].join(' → ')
    return name === 'mode' ? change : `${fields[name] ?? name} ${change}`
  }).join(', ')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isOn(setting: unknown): boolean {
  return typeof setting === 'object' && setting !== null && 'paused' in setting && setting.paused === true
}

function sayPlain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? (values[String(value)] ?? String(value).slice(0, 40)) : '…'
}
