import type { AuditEntry } from '../../store/audit.ts'

/** Parts of the desk that act by themselves. */
const ownHands = new Set(['desk', 'executor', 'messages'])

/** Who did it; `name` is what a person is called. Clients stay nameless here: the log is about the desk. */
export function sayWho({ actor, name }: { actor: string; name: string | undefined }): string {
  if (ownHands.has(actor)) return 'The desk'
  return actor.startsWith('client:') ? 'A client' : (name ?? actor)
}

/** What was done, for people who were not there; an action that is new here is said by its name. */
const said: Record<string, string> = {
  'proposal.created': 'prepared a change',
  'proposal.recorded': 'recorded what would have been prepared (shadow mode)',
  'proposal.superseded': 'replaced a prepared change',
  'proposal.expired': 'let it expire; nothing was changed',
  'proposal.started': 'began to carry it out',
  'proposal.done': 'carried it out and read it back',
  'proposal.failed': 'could not carry it out',
  'proposal.unknown': 'got no answer and is checking whether it went through',
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
  'feedback.good': 'said that an answer helped',
  'feedback.bad': 'said that an answer did not help',
  'brief.made': 'made the morning list',
  'call.outcome': 'noted how a call went',
  'scores.recorded': 'kept the risk scores of the day',
  'text.queued': 'put a text in line to be sent',
  'text.started': 'began to send a text',
  'text.sent': 'sent a text',
  'text.failed': 'could not send a text',
  'text.unknown': 'got no answer to a text and does not send it again',
  'text.waiting': 'will try to send a text again shortly',
  'text.suppressed': 'did not send a text',
  'text.received': 'wrote a text',
  'text.answered': 'answered the question in a text',
  'text.helped': 'asked for help by text and got it',
  'text.needs_person': 'wrote something that a person should read',
  'client.confirmed_by_text': 'confirmed by text',
  'client.opted_out': 'wants no more texts',
  'client.opted_in': 'wants texts again',
  'thread.looked_after': 'looked after the texts',
  'setting.changed': 'changed a setting',
  'book.loaded': 'loaded the book',
  'page.link_made': 'made a sign-in link for the page',
  'page.signed_in': 'signed in on the page',
  'page.signed_out': 'signed out of the page',
  'page.person_switched': 'took another role (demo)',
}

/** What it was about, by the kind in the subject. */
const things: Record<string, string> = { appointment: 'an appointment', thread: 'texts with a client', brief: '', conversation: '', person: '', business: '', scores: '', settings: '' }

/** One audit row in plain words: what was done, to what, and the detail that tells one from another. `titleOf` names a proposal ("Move Dana Reyes"). */
export function sayAudit({ row, titleOf }: { row: Pick<AuditEntry, 'action' | 'subject'> & { detail: Record<string, unknown> }; titleOf: (proposalId: string) => string | undefined }): string {
  if (row.subject === 'setting:pause') return isOn(row.detail.after) ? 'paused the desk: nothing is changed or sent' : 'let the desk act again'
  const done = said[row.action] ?? row.action.replaceAll(/[._]/g, ' ')
  const about = sayAbout({ subject: row.subject, titleOf })
  const more = sayDetail(row)
  return `${done}${about === '' ? '' : `: ${about}`}${more === '' ? '' : ` (${more})`}`
}

function sayAbout({ subject, titleOf }: { subject: string; titleOf: (id: string) => string | undefined }): string {
  const [kind = '', ...rest] = subject.split(':')
  const id = rest.join(':')
  if (kind === 'proposal') return [titleOf(id), id].filter((part) => part !== undefined).join(', ')
  if (kind === 'setting') return `"${id.replace(/^.*\//, '').replace(/^mode:/, 'how far the desk may go: ')}"`
  return things[kind] ?? kind.replaceAll('_', ' ')
}

function sayDetail({ action, detail }: { action: string; detail: Record<string, unknown> }): string {
  if (action === 'call.outcome' && typeof detail.outcome === 'string') return detail.outcome.replaceAll('-', ' ')
  if (action === 'text.suppressed' && typeof detail.code === 'string') return detail.code.replaceAll('_', ' ')
  if (action === 'agent.turn' && typeof detail.brain === 'string' && detail.brain !== 'embedded') return `answered by ${detail.brain}`
  if (action === 'setting.changed') return [detail.before, detail.after].map((value) => sayValue(value)).join(' → ')
  return ''
}

function isOn(setting: unknown): boolean {
  return typeof setting === 'object' && setting !== null && 'paused' in setting && setting.paused === true
}

function sayValue(value: unknown): string {
  if (value === null || value === undefined) return 'not set'
  if (typeof value === 'object') return Object.entries(value).map(([name, inner]) => `${name} ${sayPlain(inner)}`).join(', ')
  return sayPlain(value)
}

function sayPlain(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value).slice(0, 40) : '…'
}
