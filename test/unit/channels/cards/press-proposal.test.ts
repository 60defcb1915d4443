import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Proposal } from '../../../../src/approvals/proposal.ts'
import type { PressAnswer } from '../../../../src/channels/cards/card.ts'
import { seededRandom } from '../../../../src/salon/seeded-random.ts'
import { auditOf, countChanges, expectSoundAudit, maya, olga, proposeMove, readAppointment } from '../../../support/approvals-desk.ts'
import { actionsOf, buttonOf, cardOf, type CardsDesk, type CardsInstance, finn, mona, openCardsDesk, press, sentence, textsOf } from '../../../support/cards-desk.ts'

let desk: CardsDesk
let second: CardsInstance
beforeAll(async () => {
  desk = await openCardsDesk()
  second = desk.another()
})
afterAll(() => desk.close())

// The visit goes to and fro, so that every test has something to move; what an earlier one left open is replaced.
async function proposeNext(): Promise<{ proposal: Proposal; card: Awaited<ReturnType<typeof cardOf>> }> {
  const { start } = await readAppointment(desk.platform, 'b-cut')
  const proposal = await proposeMove(desk, { id: 'b-cut', date: start.startsWith('2026-12-08') ? '2026-12-09' : '2026-12-08', time: '11:00' })
  return { proposal, card: await cardOf(desk.cards, `proposal:${proposal.id}`) }
}

const stored = (id: string) => desk.approvals.get(id)

test('approving does exactly what the card says, once, and names what to draw again', async () => {
  const { proposal, card } = await proposeNext()
  const before = await countChanges(desk)
  const answer = await press(desk.cards, { button: buttonOf(card, 'approve') })
  expect(answer).toMatchObject({ kind: 'said', good: true, text: expect.stringMatching(/^Done\. Dana Kim is now booked on Tuesday 8 December at 11:00 am/) })
  expect((answer as Extract<PressAnswer, { kind: 'said' }>).subjects.sort()).toEqual(['brief:main:2026-11-21', 'brief:main:2026-12-08', 'day:main:2026-11-21', 'day:main:2026-12-08', 'home', `proposal:${proposal.id}`].sort())
  expect(await countChanges(desk)).toBe(before + 1)
  const after = await cardOf(desk.cards, `proposal:${proposal.id}`)
  expect(after.tone).toBe('done')
  expect(textsOf(after).join('\n')).toMatch(/Done, approved by Maya at 7:30 am: Dana Kim is now booked/)
  expect(actionsOf(after)).toEqual(['undo'])
})

test('undo puts it back, once; then the card says so and offers nothing', async () => {
  const { proposal, card } = await proposeNext()
  await press(desk.cards, { button: buttonOf(card, 'approve') })
  const before = (await readAppointment(desk.platform, 'b-cut')).start
  const undo = buttonOf(await cardOf(desk.cards, `proposal:${proposal.id}`), 'undo')
  const answer = await press(desk.cards, { button: undo, by: finn })
  expect(sentence(answer)).toMatch(new RegExp(`^Done\\. Dana Kim is now booked .*\\n${proposal.id} is put back\\.$`))
  expect((await readAppointment(desk.platform, 'b-cut')).start).not.toBe(before)
  const { undoneBy } = await stored(proposal.id)
  expect(answer).toMatchObject({ subjects: expect.arrayContaining([`proposal:${proposal.id}`, `proposal:${undoneBy}`]) })
  expect(sentence(await press(desk.cards, { button: undo }))).toMatch(/already put back/)
  const card2 = await cardOf(desk.cards, `proposal:${proposal.id}`)
  expect(card2.buttons).toEqual([])
  expect(textsOf(card2)).toContain(`Put back since, by ${undoneBy}.`)
  expect((await cardOf(desk.cards, `proposal:${undoneBy}`)).buttons).toEqual([])
})

test('what was changed again since cannot be undone: no button, and an old one is refused in words', async () => {
  const { proposal, card } = await proposeNext()
  await press(desk.cards, { button: buttonOf(card, 'approve') })
  const undo = buttonOf(await cardOf(desk.cards, `proposal:${proposal.id}`), 'undo')
  await sql`update book_appointments set version = version + 1 where id = 'b-cut'`.execute(desk.store.db)
  expect((await cardOf(desk.cards, `proposal:${proposal.id}`)).buttons).toEqual([])
  expect(await press(desk.cards, { button: undo })).toMatchObject({ good: false, text: expect.stringMatching(/changed again since then/), subjects: [`proposal:${proposal.id}`] })
})

test('rejecting asks why, in one optional field, and the card keeps the reason', async () => {
  const { proposal, card } = await proposeNext()
  const reject = buttonOf(card, 'reject')
  const asked = await press(desk.cards, { button: reject, by: finn })
  expect(asked).toMatchObject({ kind: 'form', form: { action: 'reject', token: reject.token, fields: [{ name: 'reason', optional: true }] } })
  expect(await press(desk.cards, { button: reject, by: finn, values: { reason: 'x'.repeat(301) } })).toMatchObject({ kind: 'wrong', errors: { reason: expect.stringMatching(/300/) } })
  expect((await stored(proposal.id)).state).toBe('pending')
  expect(await press(desk.cards, { button: reject, by: finn, values: { reason: ' she rang ' } })).toMatchObject({ kind: 'said', good: true })
  const after = await cardOf(desk.cards, `proposal:${proposal.id}`)
  expect(after.parts).toContainEqual({ kind: 'words', label: 'Because', text: 'she rang' })
  expect(textsOf(after).join('\n')).toMatch(/Turned down by Finn at \d+:30 am\. Nothing was changed\./)
  // A form that was opened before somebody decided answers who did.
  expect(sentence(await press(desk.cards, { button: reject, values: {} }))).toMatch(/was already turned down by Finn at/)
  expect(sentence(await press(desk.cards, { button: reject }))).toMatch(/was already turned down by Finn at/)
})

describe('F05: one person clicks Approve twice', () => {
  test('the second click does nothing and is told who approved, when, and what came of it', async () => {
    const { proposal, card } = await proposeNext()
    const before = await countChanges(desk)
    await press(desk.cards, { button: buttonOf(card, 'approve') })
    const again = await press(desk.cards, { button: buttonOf(card, 'approve') })
    expect(again).toMatchObject({ kind: 'said', good: false, text: expect.stringMatching(new RegExp(`^${proposal.id} was already approved by Maya at 7:30 am\\. Dana Kim is now booked`)) })
    expect(await countChanges(desk)).toBe(before + 1)
    expect((await auditOf(desk, proposal.id)).filter((action) => action.startsWith('decision.'))).toEqual(['decision.approved', 'decision.already_decided'])
  })

  const rounds = 8
  test(`at once, on two instances, ${rounds} times: one effect, one executed and one ignored in the log`, { timeout: 60_000 }, async () => {
    for (let round = 0; round < rounds; round++) {
      const { proposal, card } = await proposeNext()
      const before = await countChanges(desk)
      const answers = await Promise.all([desk, second].map(({ cards }) => press(cards, { button: buttonOf(card, 'approve') })))
      expect(answers.filter((answer) => answer.kind === 'said' && answer.good)).toHaveLength(1)
      expect(sentence(answers.find((answer) => answer.kind === 'said' && !answer.good) as PressAnswer)).toMatch(/was already approved by Maya at 7:30 am/)
      expect(await countChanges(desk)).toBe(before + 1)
      expect((await auditOf(desk, proposal.id)).filter((action) => action === 'decision.approved' || action === 'decision.already_decided').sort()).toEqual(['decision.already_decided', 'decision.approved'])
    }
    await expectSoundAudit(desk)
  })

  test('the same click delivered twice, also at the same time to two instances, has one effect and one answer', async () => {
    const { proposal, card } = await proposeNext()
    const before = await countChanges(desk)
    const click = { button: buttonOf(card, 'approve'), requestId: 'slack:E1' }
    const answers = await Promise.all([press(desk.cards, click), press(second.cards, click)])
    answers.push(await press(second.cards, click))
    expect(answers[0]).toMatchObject({ good: true, text: expect.stringMatching(/^Done\./) })
    for (const answer of answers) expect(answer).toEqual(answers[0])
    expect(await countChanges(desk)).toBe(before + 1)
    expect((await auditOf(desk, proposal.id)).filter((action) => action.startsWith('decision.'))).toEqual(['decision.approved'])
    // The name of a request opens nobody else's answer.
    expect(sentence(await press(desk.cards, { ...click, by: finn }))).toMatch(/already approved by Maya/)
  })
})

const rounds = 8
test(`F06: one approves and another rejects at the same instant, in random order, ${rounds} times: one wins, the other is told who`, { timeout: 60_000 }, async () => {
  const random = seededRandom('cards F06')
  for (let round = 0; round < rounds; round++) {
    const { proposal, card } = await proposeNext()
    const clicks = [() => press(desk.cards, { button: buttonOf(card, 'approve'), by: maya }), () => press(second.cards, { button: buttonOf(card, 'reject'), by: finn, values: { reason: 'no' } })]
    if (random.chance(0.5)) clicks.reverse()
    const answers = await Promise.all(clicks.map((click) => click()))
    const { state, decidedBy } = await stored(proposal.id)
    const [winner, verb] = state === 'done' ? ['Maya', 'approved'] : ['Finn', 'turned down']
    expect(decidedBy).toBe(state === 'done' ? maya.id : finn.id)
    const lost = answers.filter((answer) => answer.kind === 'said' && !answer.good)
    expect(lost).toHaveLength(1)
    expect(sentence(lost[0] as PressAnswer)).toContain(`was already ${verb} by ${winner} at 7:30 am`)
    expect(textsOf(await cardOf(second.cards, `proposal:${proposal.id}`)).join('\n')).toMatch(new RegExp(`${verb} by ${winner}`, 'i'))
  }
})

test('F07: whoever lost the role since the card was posted is told so at the click; it waits on, and the log has it', async () => {
  const { proposal, card } = await proposeNext()
  const strict = desk.another()
  for (const action of strict.actions) Object.assign(action, { role: 'manager' })
  expect(textsOf(await cardOf(strict.cards, `proposal:${proposal.id}`))).toContain('Asked for by Maya. The manager or owner may decide.')
  for (const [action, values] of [['approve', undefined], ['reject', {}]] as const) {
    const answer = await press(strict.cards, { button: buttonOf(card, action), by: maya, ...(values === undefined ? {} : { values }) })
    expect(answer).toMatchObject({ kind: 'said', good: false, text: `${proposal.id} needs the role "manager", and yours is "front desk" now. It still waits.` })
  }
  expect((await stored(proposal.id)).state).toBe('pending')
  expect((await auditOf(desk, proposal.id)).slice(-2)).toEqual(['decision.not_allowed', 'decision.not_allowed'])
  expect(await press(strict.cards, { button: buttonOf(card, 'approve'), by: mona })).toMatchObject({ good: true })
})

test('F08: an expired card says so and is not executed; "Propose again" reads free times afresh and makes a new one', async () => {
  const { proposal, card } = await proposeNext()
  const before = await countChanges(desk)
  desk.clock.advance(30)
  expect(actionsOf(await cardOf(desk.cards, `proposal:${proposal.id}`))).toEqual(['propose_again']) // before anybody clicks
  const late = await press(desk.cards, { button: buttonOf(card, 'approve') })
  expect(late).toMatchObject({ good: false, text: expect.stringMatching(/waited only until 8:00 am and has expired, so nothing was changed/), subjects: expect.arrayContaining([`proposal:${proposal.id}`]) })
  expect(await countChanges(desk)).toBe(before)
  const again = buttonOf(await cardOf(desk.cards, `proposal:${proposal.id}`), 'propose_again')
  const answer = await press(desk.cards, { button: again, by: finn, requestId: 'again' })
  const next = /again as (P-\w+)/.exec(sentence(answer))?.[1] as string
  expect(answer).toMatchObject({ good: true, subjects: [`proposal:${proposal.id}`, `proposal:${next}`, 'home'] })
  expect(await press(second.cards, { button: again, by: finn, requestId: 'again' })).toEqual(answer)
  expect(await stored(next)).toMatchObject({ state: 'pending', requestedBy: finn.id, facts: { title: 'Move Dana Kim' } })
  const old = await cardOf(desk.cards, `proposal:${proposal.id}`)
  expect(textsOf(old)).toContain(`Proposed again as ${next}.`)
  expect(await press(desk.cards, { button: buttonOf(old, 'show') })).toMatchObject({ kind: 'view', view: { subject: `proposal:${next}` } })
  expect(await press(desk.cards, { button: buttonOf(await cardOf(desk.cards, `proposal:${next}`), 'approve') })).toMatchObject({ good: true })
})

test('F09: changed on the platform since the card: nothing is done, the difference is named, the new card needs its own approval', async () => {
  const { proposal, card } = await proposeNext()
  const before = await countChanges(desk)
  await sql`update book_appointments set segments = jsonb_set(segments, '{0,price}', '{"minor": 9900, "currency": "USD"}') where id = 'b-cut'`.execute(desk.store.db)
  const answer = await press(desk.cards, { button: buttonOf(card, 'approve') })
  const { supersededBy } = await stored(proposal.id)
  expect(sentence(answer)).toMatch(/this changed meanwhile, so nothing was done\.\n.*Price: was \$65.*now .*\$99/s)
  expect(sentence(answer)).toContain(`As it is now it is ${supersededBy}, which needs a new approval.`)
  expect(answer).toMatchObject({ good: false, subjects: expect.arrayContaining([`proposal:${proposal.id}`, `proposal:${supersededBy}`]) })
  expect(await countChanges(desk)).toBe(before)
  const old = await cardOf(desk.cards, `proposal:${proposal.id}`)
  expect(actionsOf(old)).toEqual(['show'])
  const shown = await press(desk.cards, { button: buttonOf(old, 'show') })
  expect(shown).toMatchObject({ kind: 'view', view: { subject: `proposal:${supersededBy}`, cards: [{ tone: 'waiting' }] } })
  expect(sentence(await press(desk.cards, { button: buttonOf(card, 'approve') }))).toBe(`${proposal.id} was replaced by ${supersededBy}. Nothing was changed by it.`)
  expect(await press(desk.cards, { button: buttonOf(await cardOf(desk.cards, `proposal:${supersededBy}`), 'approve') })).toMatchObject({ good: true })
})

describe('F10: what is clicked must be what the desk drew', () => {
  test('a token moved to another button, another proposal or another state of it is refused, and the log has it', async () => {
    const { proposal, card } = await proposeNext()
    const other = await proposeMove(desk, { id: 'c-friday', date: '2026-12-08', time: '15:00' })
    const otherCard = await cardOf(desk.cards, `proposal:${other.id}`)
    const before = await countChanges(desk)
    const [about, mac] = buttonOf(card, 'approve').token.split('.')
    const [elsewhere] = buttonOf(otherCard, 'approve').token.split('.')
    const forged = [
      { action: 'approve', token: buttonOf(card, 'reject').token },
      { action: 'undo', token: buttonOf(card, 'approve').token },
      { action: 'approve', token: `${elsewhere}.${mac}` },
      { action: 'approve', token: `${about}.${'0'.repeat(64)}` },
      { action: 'approve', token: `${about}.` },
      { action: 'approve', token: proposal.id },
      { action: 'approve', token: '' },
      { action: 'show', token: buttonOf(card, 'approve').token },
      { action: 'resume', token: buttonOf(card, 'approve').token },
    ]
    for (const button of forged) expect(await press(desk.cards, { button, by: olga }), JSON.stringify(button)).toMatchObject({ kind: 'said', good: false, text: expect.stringMatching(/does not fit what is stored, so nothing was done/) })
    expect(await countChanges(desk)).toBe(before)
    expect([await stored(proposal.id), await stored(other.id)].map(({ state }) => state)).toEqual(['pending', 'pending'])
    const refused = await desk.store.db.selectFrom('audit').selectAll().where('action', '=', 'card.refused').execute()
    expect(refused).toHaveLength(forged.length)
    expect(refused.filter(({ subject }) => subject === `proposal:${proposal.id}` || subject === `proposal:${other.id}`).length).toBeGreaterThanOrEqual(5)
    await expectSoundAudit(desk)
  })

  test('a captured click that is replayed runs nothing a second time', async () => {
    const { card } = await proposeNext()
    await press(desk.cards, { button: buttonOf(card, 'approve') })
    const before = await countChanges(desk)
    for (let replay = 0; replay < 3; replay++) expect(await press(desk.cards, { button: buttonOf(card, 'approve') })).toMatchObject({ good: false })
    expect(await countChanges(desk)).toBe(before)
  })

  test('arguments altered in the store after the card was drawn are refused', async () => {
    const { proposal, card } = await proposeNext()
    await sql`update proposals set args = jsonb_set(args, '{appointmentId}', '"c-friday"') where id = ${proposal.id}`.execute(desk.store.db)
    expect(sentence(await press(desk.cards, { button: buttonOf(card, 'approve') }))).toMatch(/What was shown is not what is stored/)
    await sql`update proposals set state = 'superseded' where id = ${proposal.id}`.execute(desk.store.db)
  })

  test('nonsense is answered, not thrown', async () => {
    for (const given of [{ action: 'delete-everything', token: 'x' }, { action: '__proto__', token: 'x' }, { action: 'constructor', token: 'x' }, { action: 'approve', token: 'x'.repeat(3_000) }, { action: '', token: '' }]) {
      expect(await press(desk.cards, { button: given })).toMatchObject({ kind: 'said', good: false, text: expect.stringMatching(/\w+ \w+/) })
    }
  })
})

test('F14: a button outlives a restart: its first click works on a new copy of the desk', async () => {
  const { card } = await proposeNext()
  expect(await press(desk.another().cards, { button: buttonOf(card, 'approve') })).toMatchObject({ good: true })
})

test('APR-8: a card with a value too long for it is decided on in a form that shows all of it', async () => {
  const text = `${'She is allergic to ammonia. '.repeat(30)}The end.`
  const proposal = await desk.approvals.propose({ kind: 'note', args: { clientId: 'fay', text }, reason: 'Fay told me', requestedBy: maya.id })
  const card = await cardOf(desk.cards, `proposal:${proposal.id}`)
  expect(actionsOf(card)).not.toContain('approve')
  const read = buttonOf(card, 'read')
  const form = await press(desk.cards, { button: read })
  expect(form).toMatchObject({ kind: 'form', form: { submit: 'Save the note', fields: [] } })
  expect(JSON.stringify(form)).toContain('The end.')
  expect((await stored(proposal.id)).state).toBe('pending')
  expect(await press(desk.cards, { button: { ...read, action: 'approve' } })).toMatchObject({ good: false })
  expect(await press(desk.cards, { button: read, values: {} })).toMatchObject({ kind: 'said', good: true })
  expect((await stored(proposal.id)).state).toBe('done')
})

test('paused: an approval is taken and waits, and says so; resumed, it is done', async () => {
  const { proposal, card } = await proposeNext()
  const settings = (await desk.cards.home(mona)).cards.find(({ subject }) => subject === 'settings')
  if (settings === undefined) throw new Error('no settings')
  expect(await press(desk.cards, { button: buttonOf(settings, 'pause'), by: finn })).toMatchObject({ good: true, subjects: ['settings', 'home'] })
  expect(sentence(await press(desk.cards, { button: buttonOf(card, 'approve') }))).toBe(`${proposal.id} is approved and waits: the desk is paused. It is done as soon as a manager resumes the desk.`)
  expect((await cardOf(desk.cards, `proposal:${proposal.id}`)).buttons).toEqual([])
  const paused = (await desk.cards.home(mona)).cards.find(({ subject }) => subject === 'settings')
  if (paused === undefined) throw new Error('no settings')
  expect(await press(desk.cards, { button: buttonOf(paused, 'resume'), by: finn })).toMatchObject({ good: false, text: 'Only a manager may let the desk act again.' })
  expect(sentence(await press(desk.cards, { button: buttonOf(paused, 'resume'), by: mona }))).toBe('Acting again. 1 held change was settled.')
  expect((await stored(proposal.id)).state).toBe('done')
})

test('the booking system away at the click: nothing is decided, and it says so; away at the write: not known yet, then known', async () => {
  const { proposal, card } = await proposeNext()
  desk.platform.failNext('appointment', { do: 'refuse', kind: 'unavailable' })
  expect(await press(desk.cards, { button: buttonOf(card, 'approve') })).toMatchObject({ kind: 'said', good: false })
  expect((await stored(proposal.id)).state).toBe('pending')
  desk.platform.failNext('reschedule', { do: 'lose' })
  expect(await press(desk.cards, { button: buttonOf(card, 'approve') })).toMatchObject({ good: false, text: expect.stringMatching(/did not answer\. We are checking whether the change got through\. The card will show how it ended\.$/) })
  expect(await cardOf(desk.cards, `proposal:${proposal.id}`)).toMatchObject({ tone: 'waiting', buttons: [] })
  desk.clock.advance(1)
  await desk.approvals.catchUp()
  expect((await cardOf(desk.cards, `proposal:${proposal.id}`)).tone).toBe('done')
})

describe('changing what waits', () => {
  test('a form shows what may be altered; what comes of it is a new card, and the old one ends (APR-7)', async () => {
    const { proposal, card } = await proposeNext()
    const edit = buttonOf(card, 'edit')
    const opened = await press(desk.cards, { button: edit })
    if (opened.kind !== 'form') throw new Error(`answered with ${opened.kind}`)
    expect(opened.form.fields.map(({ name, kind }) => [name, kind])).toEqual(expect.arrayContaining([['date', 'date'], ['time', 'time']]))
    const values = Object.fromEntries(opened.form.fields.map((field) => [field.name, 'value' in field ? String(field.value) : '']))
    const answer = await press(desk.cards, { button: opened.form, values: { ...values, time: '15:00' } })
    const next = (await stored(proposal.id)).supersededBy
    expect(answer).toMatchObject({ good: true, text: `Prepared as ${next}: Move Dana Kim. It waits for a decision; ${proposal.id} is replaced.`, subjects: [`proposal:${proposal.id}`, `proposal:${next}`, 'home'] })
    expect(textsOf(await cardOf(desk.cards, `proposal:${next}`)).join('\n')).toMatch(/→|at 3:00 pm/)
    expect(sentence(await press(desk.cards, { button: edit }))).toBe(`${proposal.id} was replaced by ${next}. Nothing was changed by it.`)
    expect(await press(desk.cards, { button: opened.form, values })).toMatchObject({ good: false })
  })

  test('a time that is not free stays in the form, with the words at its field', async () => {
    const { proposal, card } = await proposeNext()
    const opened = await press(desk.cards, { button: buttonOf(card, 'edit') })
    if (opened.kind !== 'form') throw new Error(`answered with ${opened.kind}`)
    const values = Object.fromEntries(opened.form.fields.map((field) => [field.name, 'value' in field ? String(field.value) : '']))
    expect(await press(desk.cards, { button: opened.form, values: { ...values, time: '03:00' } })).toMatchObject({ kind: 'wrong', errors: { time: expect.stringMatching(/not free/) } })
    expect(await press(desk.cards, { button: opened.form, values: { ...values, date: '2020-01-01' } })).toMatchObject({ kind: 'wrong', errors: { date: expect.stringMatching(/\w+ \w+/) } })
    expect((await stored(proposal.id)).state).toBe('pending')
  })
})
