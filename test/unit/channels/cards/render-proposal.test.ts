import { expect, test } from 'vitest'
import type { Proposal } from '../../../../src/approvals/proposal.ts'
import { sayProposal } from '../../../../src/channels/cards/render-proposal.ts'

const now = '2026-11-21T15:30:00.000Z'
const zone = 'America/Los_Angeles'

const proposal: Proposal = {
  id: 'P-7K3QXM', kind: 'reschedule', locationId: 'main', args: {}, fingerprint: 'f', hash: 'h', state: 'pending', reason: 'move hana to 4', requestedBy: 'terminal:sam', conversation: null,
  createdAt: now, expiresAt: '2026-11-21T16:00:00.000Z', decidedBy: null, decidedAt: null, decisionReason: null, result: null, errorCode: null, errorWords: null, undoOf: null, undoneBy: null, supersededBy: null,
  facts: {
    title: 'Move Hana Suzuki', locationId: 'main', target: 'appointment:1', basis: {}, notices: ['This is short notice.'],
    changes: [{ label: 'When', before: 'Friday 27 November at 3:00 pm', after: 'Friday 27 November at 4:00 pm' }, { label: 'Note', before: null, after: 'new' }, { label: 'Old', before: 'gone', after: null }],
    context: [{ label: 'Service', value: 'Women\'s cut' }, { label: 'Price', value: '$65' }],
    policies: [{ file: 'rescheduling.md', section: 'late', title: 'Moving late', quote: 'Once without a fee.' }],
  },
}

test('a waiting proposal shows what changes, what stays, what to mind, the policy, the deadline and how to decide', () => {
  expect(sayProposal({ proposal, zone, now })).toBe([
    'P-7K3QXM  Move Hana Suzuki',
    '  When: Friday 27 November at 3:00 pm → Friday 27 November at 4:00 pm',
    '  Note: new',
    '  Old: gone → taken out',
    '  Service: Women\'s cut | Price: $65',
    '  ! This is short notice.',
    '  Policy "Moving late" (rescheduling.md): "Once without a fee."',
    '  Asked as: "move hana to 4"',
    '  Waits for a decision until 8:00 am.',
    '  Nothing is changed yet. To approve: the card\'s button, or "desk approve P-7K3QXM".',
  ].join('\n'))
})

test.each<[Partial<Proposal>, RegExp]>([
  [{ expiresAt: '2026-11-22T16:00:00.000Z' }, /until Sunday 22 November at 8:00 am/],
  [{ state: 'done', decidedBy: 'rule:autonomous', result: { said: 'Hana Suzuki is now booked.', data: {} } }, /Done by rule:autonomous: Hana Suzuki is now booked\. To put it back: "desk undo P-7K3QXM"\.$/],
  [{ state: 'shadow' }, /Shadow mode: only recorded\. Nothing will be changed by it\.$/],
  [{ state: 'failed', errorWords: 'That time is no longer free.' }, /Not done\. That time is no longer free\.$/],
  [{ state: 'unknown', errorWords: null }, /We are checking whether the change got through\.$/],
  [{ state: 'superseded', supersededBy: 'P-222222' }, /Replaced by P-222222\.$/],
  [{ state: 'expired' }, /Expired\. Nothing was changed/],
  [{ state: 'rejected', decidedBy: 'terminal:sam' }, /Rejected by terminal:sam\. Nothing was changed\.$/],
])('a proposal that is %o says so, and only a waiting one says how to approve', (change, words) => {
  const said = sayProposal({ proposal: { ...proposal, ...change }, zone, now })
  expect(said).toMatch(words)
  expect(said.includes('desk approve')).toBe(change.state === undefined)
})
