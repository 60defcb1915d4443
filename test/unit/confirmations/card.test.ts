import { expect, onTestFinished, test } from 'vitest'
import { proposalCard, readInFull } from '../../../src/channels/cards/proposal-card.ts'
import { sayProposal } from '../../../src/channels/cards/render-text.ts'
import { saySegments } from '../../../src/channels/cards/say-segments.ts'
import { sayTexts } from '../../../src/channels/cards/say-text.ts'
import { openTokens } from '../../../src/channels/cards/token.ts'
import { renderForm } from '../../../src/channels/slack/blocks/render-form.ts'
import { tinyZone } from '../../support/tiny-book.ts'
import { card, openConfirmationsDesk } from './confirmations-desk.ts'

test('APR-8: of many texts the card shows the first and the cost of all, and is decided on in a form with every word', async () => {
  const desk = await openConfirmationsDesk({ visits: ['fay', 'hana', 'ivan', 'jo', 'george'].map((clientId, i) => ({ id: `v${i}`, clientId, date: '2026-12-03', time: `1${i}:00` })) })
  onTestFinished(() => desk.close())
  await desk.look()
  const proposal = await card(desk)
  const telling = { zone: tinyZone, now: desk.clock.now(), nameOf: (id: string) => id }
  const drawn = proposalCard({ proposal, telling, buttons: { action: { kind: proposal.kind, verb: 'Send them', role: 'front_desk', canEdit: true }, canUndo: false, tokens: openTokens(desk.store.seal) } })
  expect(drawn.parts.filter(({ kind }) => kind === 'client_text')).toHaveLength(3)
  expect(drawn.parts).toContainEqual({ kind: 'facts', rows: [{ label: 'Texts', value: `5: ${saySegments(5)}` }] })
  expect(drawn.parts).toContainEqual({ kind: 'small', text: '… and 2 more, to Jo Danvers and George Papadakis.' })
  expect(drawn.buttons.map(({ action }) => action)).toEqual(['read', 'edit', 'reject'])
  const bodies = (proposal.facts.texts ?? []).map(({ body }) => body)
  expect(readInFull(proposal).flatMap((part) => (part.kind === 'client_text' ? [part.text] : []))).toEqual(bodies)
  const inTerminal = sayProposal({ proposal, zone: tinyZone, now: desk.clock.now() })
  expect(bodies.filter((body) => !inTerminal.includes(body))).toEqual([])
  // A busy shop's whole day fits into one Slack dialog, which takes 100 blocks.
  const day = { ...proposal, facts: { ...proposal.facts, texts: Array.from({ length: 400 }, () => ({ ...(proposal.facts.texts?.[0] as NonNullable<typeof proposal.facts.texts>[number]), body: 'x'.repeat(306) })) } }
  expect(renderForm({ action: 'read', token: 't', title: 'Read', submit: 'Send', intro: readInFull(day), fields: [] }, '{}').blocks.length).toBeLessThanOrEqual(97)
})

test('what became of many texts is said in one line', () => {
  const at = '2026-12-01T18:00:00.000Z'
  expect(sayTexts([{ state: 'sent', at }, { state: 'sent', at, delivery: 'delivered' }, { state: 'queued', at }, { state: 'suppressed', at, errorCode: 'outdated' }, { state: 'suppressed', at, errorCode: 'opted_out' }, { state: 'failed', at }, { state: 'unknown', at }], false))
    .toBe('Of 7 texts: 1 sent, 1 delivered, 1 on the way, 1 held back because it no longer fitted, 1 not sent, 1 not delivered, 1 not known to have arrived.')
})
