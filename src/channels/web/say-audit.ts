import type { AuditEntry } from '../../store/audit.ts'

/** What was done, for people who were not there; an action that is new here is said by its name. */
const said: Record<string, string> = {
  'proposal.created': 'prepared a change',
  'proposal.recorded': 'recorded what would have been prepared (shadow mode)',
  'proposal.superseded': 'replaced a prepared change',
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
  'agent.turn': 'asked the desk',
  'call.outcome': 'noted how a call went',
  'scores.recorded': 'kept the risk scores of the day',
  'setting.changed': 'changed a setting',
  'book.loaded': 'loaded the book',
  'page.link_made': 'made a sign-in link for the page',
  'page.signed_in': 'signed in on the page',
  'page.signed_out': 'signed out of the page',
  'page.person_switched': 'took another role (demo)',
}

/** What it was about, by the kind in the subject. */
const things: Record<string, string> = { setting: 'setting', appointment: 'an appointment', thread: 'texts with a client', conversation: '', person: '', business: '', home: '' }

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
