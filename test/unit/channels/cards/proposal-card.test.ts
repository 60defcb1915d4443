import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import type { Proposal } from '../../../../src/approvals/proposal.ts'
import { proposalCard, readInFull } from '../../../../src/channels/cards/proposal-card.ts'
import { sayCard, sayProposal } from '../../../../src/channels/cards/render-text.ts'
import { openTokens } from '../../../../src/channels/cards/token.ts'
import { makeSeal } from '../../../../src/store/seal.ts'
import { actionsOf, buttonOf, textsOf, textsOfPart } from '../../../support/cards-desk.ts'

const now = '2026-11-21T15:30:00.000Z'
const zone = 'America/Los_Angeles'
const tokens = openTokens(makeSeal(Buffer.alloc(32, 7)))
const action = { kind: 'reschedule', verb: 'Move', role: 'front_desk' as const, canEdit: true }
const telling = { zone, now, nameOf: (id: string) => ({ 'slack:U1': 'Maya' })[id] ?? id }

const facts: Proposal['facts'] = {
  title: 'Move Hana Suzuki', locationId: 'main', target: 'appointment:1', basis: {}, notices: ['This is short notice.'],
  changes: [{ label: 'When', before: 'Friday 27 November at 3:00 pm', after: 'Friday 27 November at 4:00 pm' }, { label: 'Note', before: null, after: 'new' }, { label: 'Old', before: 'gone', after: null }],
  context: [{ label: 'Service', value: 'Women\'s cut' }, { label: 'Price', value: '$65' }],
  policies: [{ file: 'rescheduling.md', section: 'late', title: 'Moving late', quote: 'Once without a fee.' }],
  message: { kind: 'text', clientId: 'hana', to: 'Hana Suzuki', body: 'Your cut is now at 4:00 pm.', segments: 1, template: 'moved', locationId: 'main' },
}

const proposal: Proposal = {
  id: 'P-7K3QXM', kind: 'reschedule', locationId: 'main', args: {}, fingerprint: 'f', hash: 'h', state: 'pending', reason: 'move hana to 4', requestedBy: 'slack:U1', conversation: null,
  createdAt: now, expiresAt: '2026-11-21T16:00:00.000Z', decidedBy: null, decidedAt: null, decisionReason: null, result: null, errorCode: null, errorWords: null, undoOf: null, undoneBy: null, supersededBy: null, byHand: null, facts,
}

const draw = (change: Partial<Proposal> = {}, more: { canUndo?: boolean; canEdit?: boolean } = {}) =>
  proposalCard({ proposal: { ...proposal, ...change }, telling, buttons: { action: { ...action, canEdit: more.canEdit ?? true }, canUndo: more.canUndo ?? true, tokens } })

test('a waiting proposal shows what changes, what stays, what to mind, the policy, the client\'s text, whose words asked for it, who may decide and until when', () => {
  const card = draw()
  expect(card).toMatchObject({ subject: 'proposal:P-7K3QXM', title: 'Move Hana Suzuki', tone: 'waiting' })
  expect(card.parts).toEqual([
    { kind: 'changes', rows: facts.changes },
    { kind: 'facts', rows: facts.context },
    { kind: 'notice', text: 'This is short notice.' },
    { kind: 'policy', quote: 'Once without a fee.', title: 'Moving late', file: 'rescheduling.md' },
    { kind: 'client_text', to: 'Hana Suzuki', text: 'Your cut is now at 4:00 pm.', segments: 1 },
    { kind: 'words', label: 'Asked as', text: 'move hana to 4' },
    { kind: 'text', text: 'Waits for a decision until 8:00 am.' },
    { kind: 'small', text: 'Asked for by Maya. The front desk, manager or owner may decide.' },
  ])
  expect(card.buttons.map(({ action: name, label, opensForm = false }) => [name, label, opensForm])).toEqual([['approve', 'Move', false], ['edit', 'Change…', true], ['reject', 'Reject…', true]])
  for (const { action: name, token } of card.buttons) expect(tokens.isOurs({ action: name, token, version: 'h' })).toBe(true)
})

test('where nothing can be altered there is no "Change"; where nothing is sent it says why', () => {
  expect(actionsOf(draw({}, { canEdit: false }))).toEqual(['approve', 'reject'])
  expect(draw({ facts: { ...facts, message: { kind: 'none', why: 'Hana asked for no texts.' } } }).parts).toContainEqual({ kind: 'client_text', to: 'The client', text: 'Hana asked for no texts.', segments: 0 })
})

const decided = { decidedBy: 'slack:U1', decidedAt: '2026-11-21T15:41:00.000Z' }

test.each<[string, Partial<Proposal>, string, string[], RegExp]>([
  ['approved', { state: 'approved', ...decided }, 'waiting', [], /^Approved by Maya at 7:41 am, under way\.$/],
  ['done', { state: 'done', ...decided, result: { said: 'Hana is booked at 4.', data: {} } }, 'done', ['undo'], /^Done, approved by Maya at 7:41 am: Hana is booked at 4\.$/],
  ['failed', { state: 'failed', ...decided, errorWords: 'That time is no longer free.' }, 'stopped', ['propose_again'], /^Not done\. That time is no longer free\.$/],
  ['unknown', { state: 'unknown', ...decided }, 'waiting', [], /We are checking whether the change got through\.$/],
  ['rejected', { state: 'rejected', ...decided, decisionReason: 'she rang' }, 'stopped', [], /^Turned down by Maya at 7:41 am\. Nothing was changed\.$/],
  ['expired', { state: 'expired' }, 'stopped', ['propose_again'], /^Expired\. Nothing was changed/],
  ['past its time, though nobody has clicked', { expiresAt: now }, 'stopped', ['propose_again'], /^Expired\. Nothing was changed/],
  ['superseded', { state: 'superseded', supersededBy: 'P-222222' }, 'stopped', ['show'], /^Replaced by P-222222\./],
  ['expired, and proposed again', { state: 'expired', supersededBy: 'P-222222' }, 'stopped', ['show'], /^Expired\. Nothing was changed\.$/],
  ['superseded by nothing', { state: 'superseded' }, 'stopped', ['propose_again'], /^No longer possible as it was\./],
  ['shadow', { state: 'shadow' }, 'plain', [], /^Shadow mode: only recorded\./],
])('a proposal that is %s says so, with the buttons that still mean something', (_state, change, tone, buttons, words) => {
  const card = draw(change)
  expect(card.tone).toBe(tone)
  expect(actionsOf(card)).toEqual(buttons)
  expect(card.parts.filter(({ kind }) => kind === 'text').map((part) => textsOfPart(part)[1])[0]).toMatch(words)
  expect(textsOf(card).join(' ')).not.toContain('may decide')
  expect(card.parts.slice(0, 1)).toEqual([{ kind: 'changes', rows: facts.changes }]) // what was decided stays to be read
})

test('a reason stands as the words of whoever rejected; what was put back says so and cannot be put back again', () => {
  expect(draw({ state: 'rejected', ...decided, decisionReason: 'she rang' }).parts).toContainEqual({ kind: 'words', label: 'Because', text: 'she rang' })
  const undone = draw({ state: 'done', ...decided, undoneBy: 'P-333333' }, { canUndo: false })
  expect(undone.parts).toContainEqual({ kind: 'text', text: 'Put back since, by P-333333.' })
  expect(undone.buttons).toEqual([])
})

test('APR-8: what is too long is cut visibly, cannot be approved from the card, and is shown in full before it can', () => {
  const long = 'A'.repeat(3_001)
  const where: [string, Partial<Proposal>][] = [
    ['a note', { facts: { ...facts, changes: [{ label: 'Note', before: null, after: long }] } }],
    ['a fact', { facts: { ...facts, context: [{ label: 'Service', value: long }] } }],
    ['the title', { facts: { ...facts, title: long } }],
    ['a notice', { facts: { ...facts, notices: [long] } }],
    ['the policy', { facts: { ...facts, policies: [{ file: 'a.md', section: 'a', title: 'A', quote: long }] } }],
    ['the client\'s text', { facts: { ...facts, message: { kind: 'text', clientId: 'c', to: 'Hana', body: long, segments: 20, template: 't', locationId: 'main' } } }],
    ['the words that asked', { reason: long }],
    ['a flood of lines', { reason: `Ana${'\n'.repeat(60)}${long.slice(0, 2_938)}` }],
  ]
  for (const [what, change] of where) {
    const card = draw(change)
    expect(textsOf(card).join('\n'), what).toContain('… (cut, 3,001 characters)')
    expect(actionsOf(card), what).toEqual(['read', 'edit', 'reject'])
    expect(buttonOf(card, 'read'), what).toMatchObject({ label: 'Read in full, then decide', opensForm: true })
    const whole = readInFull({ ...proposal, ...change }).flatMap(textsOfPart).join('\n')
    expect(whole, what).toContain(long.slice(0, 2_900))
    expect(whole, what).not.toContain('(cut,')
  }
})

const attacks = resolve(import.meta.dirname, '../../../../../shared/data/attacks/slack_rendering_strings.jsonl')

// The strings lie beside the project where it is made and are never part of it.
test.skipIf(!existsSync(attacks))('F15: whatever stands in a name, a service, a note or a text is shown whole or visibly cut, never left out', () => {
  const strings = readFileSync(attacks, 'utf8').trim().split('\n').map((line) => (JSON.parse(line) as { text: string }).text)
  expect(strings.length).toBeGreaterThan(40)
  for (const text of strings) {
    const card = draw({ reason: text, facts: {
      ...facts, title: `Move ${text}`, notices: [text], context: [{ label: 'Service', value: text }, { label: 'Staff', value: text }],
      changes: [{ label: 'Note', before: text, after: text }],
      message: { kind: 'text', clientId: 'c', to: text, body: text, segments: 1, template: 't', locationId: 'main' },
    } })
    const shown = card.parts.flatMap((part) => (part.kind === 'words' || part.kind === 'notice' ? [part.text] : part.kind === 'facts' ? part.rows.map(({ value }) => value) : part.kind === 'changes' ? part.rows.flatMap(({ before, after }) => [before, after]) : part.kind === 'client_text' ? [part.text] : []))
    const isWhole = (value: string | null) => value === text || (text.trim() === '' && value === '(empty)')
    const isCut = (value: string | null) => /… \(cut, [\d,]+ characters\)$/.test(value ?? '')
    // An empty request is none; everything else has its part.
    expect(shown).toHaveLength(text === '' ? 6 : 7)
    for (const value of shown) expect(isWhole(value) || isCut(value), `${JSON.stringify(text).slice(0, 60)} → ${value?.slice(-40)}`).toBe(true)
    expect(actionsOf(card)[0]).toBe(textsOf(card).some(isCut) ? 'read' : 'approve')
    expect(readInFull({ ...proposal, reason: text }).flatMap(textsOfPart).join(' ')).toContain(text.trim() === '' ? '' : text)

    const lines = sayCard(card).split('\n')
    expect(lines.every((line, at) => at === 0 || line.startsWith('  ')), JSON.stringify(text).slice(0, 60)).toBe(true)
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u)
  }
})

test('in plain lines it says the same, and how to decide from the terminal', () => {
  expect(sayProposal({ proposal, zone, now })).toBe([
    'P-7K3QXM  Move Hana Suzuki',
    '  When: Friday 27 November at 3:00 pm → Friday 27 November at 4:00 pm',
    '  Note: new',
    '  Old: gone → taken out',
    '  Service: Women\'s cut | Price: $65',
    '  ! This is short notice.',
    '  Policy "Moving late" (rescheduling.md): "Once without a fee."',
    '  Text to Hana Suzuki: "Your cut is now at 4:00 pm." (1 segment, about 1\u00A0¢)',
    '  Asked as: "move hana to 4"',
    '  Waits for a decision until 8:00 am.',
    '  Nothing is changed yet. To approve: the card\'s button, or "desk approve P-7K3QXM".',
  ].join('\n'))
})

test.each<[Partial<Proposal>, RegExp]>([
  [{ expiresAt: '2026-11-22T16:00:00.000Z' }, /until Sunday 22 November at 8:00 am/],
  [{ state: 'done', decidedBy: 'rule:autonomous', result: { said: 'Hana Suzuki is now booked.', data: {} } }, /Done, approved by the desk itself: Hana Suzuki is now booked\.\n {2}To put it back: "desk undo P-7K3QXM"\.$/],
  [{ state: 'failed', errorWords: 'That time is no longer free.' }, /Not done\. That time is no longer free\.$/],
  [{ state: 'rejected', decidedBy: 'terminal:sam' }, /Turned down by sam\. Nothing was changed\.$/],
  [{ expiresAt: now }, /Expired\. Nothing was changed/],
])('in plain lines %o says so, and only a waiting one says how to approve', (change, words) => {
  const said = sayProposal({ proposal: { ...proposal, ...change }, zone, now })
  expect(said).toMatch(words)
  expect(said.includes('desk approve')).toBe(change.expiresAt === '2026-11-22T16:00:00.000Z')
})
