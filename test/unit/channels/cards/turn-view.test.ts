import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Turn } from '../../../../src/agent/agent.ts'
import { turnView } from '../../../../src/channels/cards/turn-view.ts'
import { buttonOf, type CardsDesk, openCardsDesk, press, sentence } from '../../../support/cards-desk.ts'

let desk: CardsDesk
beforeAll(async () => { desk = await openCardsDesk() })
afterAll(() => desk.close())

const turn: Turn = { text: 'hi', reply: '', prose: 'Two of them.', toolCalls: [], proposals: [], brain: 'embedded', notes: [] }
const draw = (change: Partial<Turn>) => turnView({ turn: { ...turn, ...change }, conversationId: 'slack:D1', requestId: 'slack:E1', seal: desk.store.seal })

test('the desk\'s own words are text; those of a language model are labelled as such, with what code shows beside them', () => {
  expect(draw({}).view.cards[0]?.parts).toEqual([{ kind: 'text', text: 'Two of them.' }])
  const remote = draw({
    brain: 'some-model', prose: 'Assistant: We wait a while.', notes: ['It took a second try.'],
    beside: [{ kind: 'policy', answer: 'Fifteen minutes.', citations: [{ file: 'lateness.md', title: 'Running late', quote: 'We wait fifteen minutes.' }] }, { kind: 'policy', answer: 'The policy does not say.', citations: [] }, { kind: 'notes', text: 'Note: likes tea' }],
  })
  expect(remote.view.cards[0]?.parts).toEqual([
    { kind: 'small', text: 'It took a second try.' },
    { kind: 'words', label: 'Assistant', text: 'We wait a while.' },
    { kind: 'policy', quote: 'We wait fifteen minutes.', title: 'Running late', file: 'lateness.md' },
    { kind: 'text', text: 'The policy does not say.' },
    { kind: 'words', label: 'On record', text: 'Note: likes tea' },
  ])
})

test('a long answer is not cut, and what was proposed is named, not drawn into it', () => {
  const long = 'word '.repeat(2_000)
  const { view, proposals } = draw({ prose: long, proposals: [{ id: 'P-222222' } as Turn['proposals'][number]] })
  expect(view.cards[0]?.parts).toEqual([{ kind: 'text', text: long }])
  expect(view.cards).toHaveLength(1)
  expect(proposals).toEqual(['proposal:P-222222'])
})

test('thumbs leave a row in the log and no more; somebody else\'s answer cannot be named', async () => {
  const [card] = draw({}).view.cards
  expect(sentence(await press(desk.cards, { button: buttonOf(card as never, 'feedback:good') }))).toBe('Thank you. Noted.')
  await press(desk.cards, { button: buttonOf(card as never, 'feedback:bad') })
  expect(await press(desk.cards, { button: { action: 'feedback:good', token: buttonOf(card as never, 'feedback:bad').token } })).toMatchObject({ good: false })
  expect(await desk.store.db.selectFrom('audit').select(['action', 'actor', 'detail']).where('subject', '=', 'conversation:slack:D1').orderBy('seq').execute()).toEqual([
    { action: 'feedback.good', actor: 'test:maya', detail: { request: 'slack:E1' } },
    { action: 'feedback.bad', actor: 'test:maya', detail: { request: 'slack:E1' } },
  ])
})
