import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type AuditNames, sayAudit, sayWho } from '../../../../src/channels/web/say-audit.ts'

const nobody: AuditNames = { person: () => undefined, client: () => undefined, location: () => undefined, proposal: () => undefined }
const names: AuditNames = { person: (id) => ({ 'slack:U1': 'Maya' })[id], client: (id) => ({ 'cli-1': 'Dana Reyes' })[id], location: (id) => ({ haw: 'Hawthorne' })[id], proposal: () => 'Move Dana Reyes' }

const tell = ({ actor = 'slack:U1', known = names, detail = {}, ...row }: { actor?: string; action: string; subject: string; detail?: Record<string, unknown>; known?: AuditNames }): string => `${sayWho({ actor, names: known })} ${sayAudit({ row: { ...row, detail }, names: known })}`

test.each([
  [{ actor: 'messages', action: 'text.sent', subject: 'thread:cli-1' }, 'The desk sent a text to Dana Reyes'],
  [{ actor: 'client:cli-1', action: 'client.confirmed_by_text', subject: 'appointment:a-1' }, 'Dana Reyes confirmed the visit by text'],
  [{ actor: 'client:cli-1', action: 'client.opted_out', subject: 'thread:cli-1' }, 'Dana Reyes wants no more texts'],
  [{ action: 'thread.looked_after', subject: 'thread:cli-1' }, 'Maya saw to the texts of Dana Reyes'],
  [{ action: 'call.machine', subject: 'appointment:a-1', detail: { call: 'out-1', clientId: 'cli-1', answeredBy: 'machine_end_beep' } }, 'Maya reached an answering machine of Dana Reyes'],
  [{ action: 'call.outcome', subject: 'appointment:a-1', detail: { outcome: 'no-answer', clientId: 'cli-1' } }, 'Maya noted how the call to Dana Reyes went (no answer)'],
  [{ actor: 'desk', action: 'brief.made', subject: 'brief:haw:2026-11-18' }, 'The desk made the morning list: Hawthorne'],
  [{ action: 'decision.approved', subject: 'proposal:P-7K3QXM' }, 'Maya approved it: Move Dana Reyes, P-7K3QXM'],
  [{ action: 'setting.changed', subject: 'setting:haw/mode:note', detail: { before: { mode: 'assisted' }, after: { mode: 'autonomous', perDay: 5 } } }, 'Maya changed how far the desk may go with notes at Hawthorne: asks a person first → acts alone, daily limit 5'],
  [{ action: 'setting.changed', subject: 'setting:haw/calls', detail: { before: { atMost: 12, confirmed: 'rank-low' }, after: { atMost: 10, confirmed: 'rank-low' } } }, 'Maya changed how the call list is made at Hawthorne: at most 12 → 10'],
  [{ action: 'setting.changed', subject: 'setting:haw/brief', detail: { before: null, after: '07:30' } }, 'Maya changed when the call list is made at Hawthorne: 07:30'],
  [{ actor: 'desk', action: 'offer.sent', subject: 'opening:open-1', detail: { clientId: 'cli-1', place: 1 } }, 'The desk offered Dana Reyes a free chair'],
  [{ action: 'waitlist.closed', subject: 'opening:open-1', detail: { why: 'staff' } }, 'Maya stopped offering a free chair (a person said so)'],
  [{ action: 'setting.changed', subject: 'setting:haw/waitlist', detail: { before: { most: 4 }, after: { most: 2 } } }, 'Maya changed how chairs are filled at Hawthorne: at the same time at most 4 → 2'],
  [{ action: 'setting.changed', subject: 'setting:haw/slack.channel', detail: { before: null, after: 'C1' } }, 'Maya changed the desk\'s channel in Slack at Hawthorne'],
  [{ actor: 'desk', action: 'platform.refused', subject: 'platform:square', detail: { why: 'x' } }, 'The desk is no longer let into the booking system: it refuses the key'],
  [{ actor: 'desk', action: 'platform.sync_failed', subject: 'platform:square', detail: { code: 'unavailable' } }, 'The desk could not read the booking system and tries again (it does not answer)'],
  [{ actor: 'desk', action: 'platform.webhooks_silent', subject: 'platform:square', detail: { overlooked: 7 } }, 'The desk found changes that the booking system should have told of, and asks more often (7 of them)'],
  [{ actor: 'desk', action: 'platform.double_booking', subject: 'appointment:a-1', detail: { clientId: 'cli-1', undone: true } }, 'The desk found somebody else at a time that it had just given to Dana Reyes (its own is taken back)'],
  [{ actor: 'desk', action: 'platform.double_booking', subject: 'appointment:a-1', detail: { clientId: '', undone: false } }, 'The desk found somebody else at a time that it had just given to a client (both are still there)'],
  [{ actor: 'desk', action: 'platform.overbooked', subject: 'appointment:a-1', detail: { clientId: 'cli-1', others: ['a-2'] } }, 'The desk saw that Dana Reyes was booked, in the booking system, onto somebody else\'s time'],
  [{ actor: 'desk', action: 'platform.not_written', subject: 'appointment:a-1', detail: { kind: 'note', why: 'not_found' } }, 'The desk gave up writing to the booking system (a note: the visit is not there any more)'],
  [{ actor: 'desk', action: 'platform.read', subject: 'platform:sync', detail: { visits: 10 } }, 'The desk has read the booking system\'s whole book'],
  [{ action: 'platform.probed', subject: 'platform:vagaro', detail: { found: {} } }, 'Maya tried whether it may change the booking system\'s book'],
  [{ actor: 'desk', action: 'phone.call_began', subject: 'phone:CA1', detail: { via: 'relay' } }, 'The desk answered a call'],
  [{ actor: 'call:CA1', action: 'phone.turn', subject: 'phone:CA1', detail: { next: 'listen', proven: false } }, 'A caller spoke with the desk on the phone'],
  [{ actor: 'client:cli-1', action: 'phone.turn', subject: 'phone:CA1', detail: { next: 'hand_over', why: 'asked' } }, 'Dana Reyes spoke with the desk on the phone (handed to a person: they asked for a person)'],
  [{ actor: 'call:CA1', action: 'phone.turn', subject: 'phone:CA1', detail: { next: 'hang_up', why: 'message' } }, 'A caller spoke with the desk on the phone (for a person: they left a message)'],
  [{ actor: 'desk', action: 'phone.call_ended', subject: 'phone:CA1', detail: { why: 'lost' } }, 'The desk saw a call end (the line broke)'],
  [{ actor: 'desk', action: 'phone.missed', subject: 'phone:CA1', detail: { seconds: 12, voicemail: false } }, 'The desk found a call that had come while it could not answer (12 s)'],
  [{ action: 'voice_note.heard', subject: 'voice_note:T1:Ev1', detail: { by: 'desk' } }, 'Maya spoke to the desk and was shown what was heard'],
  [{ action: 'voice_note.heard', subject: 'voice_note:T1:Ev1', detail: { by: 'slack' } }, 'Maya spoke to the desk and was shown what was heard (by Slack)'],
  [{ action: 'voice_note.asked', subject: 'voice_note:T1:Ev1', detail: { corrected: true } }, 'Maya sent the words of a recording to the desk (corrected first)'],
  [{ action: 'phone.seen_to', subject: 'phone:CA1' }, 'Maya saw to a call'],
  [{ actor: 'desk', action: 'phone.said', subject: 'thread:cli-1' }, 'The desk said something to Dana Reyes on the phone'],
  [{ actor: 'client:cli-1', action: 'phone.answered', subject: 'thread:cli-1' }, 'Dana Reyes answered a question on the phone'],
])('a row of the log reads as a sentence with names: %j', (row, said) => expect(tell(row)).toBe(said))

test('who is not known (any more) has no id in the log either', () => {
  expect(tell({ actor: 'messages', action: 'text.sent', subject: 'thread:cli-1', known: nobody })).toBe('The desk sent a text to a client')
  expect(tell({ actor: 'client:cli-1', action: 'text.received', subject: 'thread:cli-1', known: nobody })).toBe('A client wrote a text')
})

test.each([
  ['thread.taken_over', 'thread:hana', {}, 'took the texts of Hana over; the desk is silent there'],
  ['thread.handed_back', 'thread:hana', {}, 'handed the texts of Hana back to the desk'],
  ['consent.in', 'thread:hana', { purpose: 'all', source: 'staff' }, 'noted that Hana may get texts (noted by a person)'],
  ['text.undelivered', 'thread:hana', { textId: 3, code: '30006' }, 'learnt that a text to Hana did not arrive'],
  ['text.read_as', 'thread:hana', { as: 'no' }, 'said how the text of Hana is to be read (no)'],
  ['template.changed', 'template:en/moved', { version: 2 }, 'changed the wording of a text'],
])('what happens to texts is said plainly: %s', (action, subject, detail, words) => {
  const names = { person: () => undefined, client: (id: string) => (id === 'hana' ? 'Hana' : undefined), location: () => undefined, proposal: () => undefined }
  expect(sayAudit({ row: { action, subject, detail }, names })).toBe(words)
})

test('every action of the phone that the code writes has words of its own', async () => {
  const root = join(import.meta.dirname, '../../../../src')
  const files = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts') && !name.includes('say-audit'))
  const written = (await Promise.all(files.map((name) => readFile(join(root, name), 'utf8')))).flatMap((code) => Array.from(code.matchAll(/action: '(phone|call)\.([a-z_]+)'/g), ([, room, what]) => `${room}.${what}`))
  // What the answers to texts are called when they were given on the phone.
  const aloud = ['phone.answered', 'phone.noted', 'phone.needs_person']
  // Told to whoever watches, and never a row of the log.
  const announced = new Set(['call.step'])
  expect(written).toContain('phone.turn')
  expect([...new Set([...written, ...aloud])].filter((action) => !announced.has(action) && sayAudit({ row: { action, subject: 'phone:CA1', detail: {} }, names: nobody }) === action.replaceAll(/[._]/g, ' '))).toEqual([])
})
