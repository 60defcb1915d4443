import { afterEach, expect, test } from 'vitest'
import { maya } from '../../support/approvals-desk.ts'
import { cancel, card, offering, openWaitlistDesk, waiting, waitingBook, type WaitlistDesk } from './waitlist-desk.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

const only = async (query = {}) => {
  const [opening, ...more] = await desk.waitlist.openings(query)
  if (opening === undefined || more.length > 0) throw new Error(`${more.length + (opening === undefined ? 0 : 1)} openings`)
  return opening
}
const story = async () => desk.waitlist.replay({ openingId: (await desk.waitlist.openings({ ended: true }))[0]?.id ?? (await only()).id })

test('an opening is told as it stands: for the desk alone, waiting for a yes, being offered, filled; and its story afterwards', async () => {
  desk = await openWaitlistDesk({ settings: { delayMin: 10 } })
  await cancel(desk)
  await desk.work()
  expect(await only()).toMatchObject({ chair: 'Saturday 21 November at 1:00 pm with Ana Ortiz', cause: expect.stringMatching(/ cancelled \(Women's cut\)$/), state: 'open', stands: 'The desk has it to itself until 12:10 pm.', next: 'Then a card is prepared.' })

  desk.clock.advance(10)
  await desk.work()
  const proposal = await card(desk)
  expect(await only()).toMatchObject({ stands: 'Its offers wait for somebody to approve them.', next: expect.stringContaining(`Approve ${proposal.id} until 4:10 pm. Nobody can be booked after Saturday 21 November at 12:00 pm.`) })

  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
  await desk.work()
  expect(await only()).toMatchObject({ state: 'offering', stands: 'Asked: Jo Danvers until 2:10 pm; 3 more in line.', next: expect.stringMatching(/^Fay O'Neil is asked next\./), asked: [{ client: { id: 'jo', name: 'Jo Danvers' } }], inLine: 3 })

  desk.clock.advance(12)
  await desk.write('jo', 'no thanks')
  await desk.work()
  desk.clock.advance(5)
  await desk.write('fay', 'Yes please!')
  expect(await desk.waitlist.openings()).toEqual([])
  expect(await only({ ended: true, date: '2026-11-21' })).toMatchObject({ state: 'filled', stands: "Fay O'Neil has it, booked at 12:27 pm." })
  expect(await desk.waitlist.openings({ ended: true, date: '2026-11-22' })).toEqual([])

  const told = await story()
  expect(told.outcome).toBe("Filled after 27 min: Fay O'Neil, number 2 of 4 in line, said yes, 5 min after being asked. Of the others: 1 said no, 2 were not asked: it was over before.")
  expect(told.order.map(({ place, client, became }) => [place, client.name, became])).toEqual([
    [1, 'Jo Danvers', 'said no'], [2, "Fay O'Neil", 'said yes and has it'], [3, 'Ivan Petrov', 'was not asked: it was over before'], [4, 'George Papadakis', 'was not asked: it was over before'],
  ])
  expect(told.order[0]?.why).toEqual(["waits for Women's cut since 10 days"])
  expect(told.plan).toMatchObject({ policy: 'first_in_line', width: 1, windowMin: 120 })
  expect(told.took).toEqual({ firstAskedMin: 10, endedMin: 27 })
  expect(told.steps.map(({ words }) => words)).toMatchInlineSnapshot(`
    [
      "The chair came free: Elena García cancelled (Women's cut). The desk had it to itself until 12:10 pm.",
      "A card was prepared: 4 to ask, one at a time, 2 h each; a chance of 76 % until 8:13 pm.",
      "maya approved the offers.",
      "Jo Danvers, number 1 of 4, was asked and may answer until 2:10 pm.",
      "Jo Danvers said no: “no thanks”.",
      "Fay O'Neil, number 2 of 4, was asked and may answer until 2:22 pm.",
      "Jo Danvers was told that the place is kept.",
      "Fay O'Neil said yes: “Yes please!”.",
      "Fay O'Neil is booked, as read back from the booking system.",
      "The chair is filled.",
      "Fay O'Neil was told that it is booked.",
      "Not asked any more: Ivan Petrov, George Papadakis.",
    ]
  `)
  expect(told.chain).toEqual([{ id: told.opening.id, chair: told.opening.chair, state: 'filled', depth: 0 }])
  expect(JSON.stringify(told)).not.toMatch(/\+1\d{10}/)
})

test('nobody takes it: the story says who was asked and that time, or the line, ran out', async () => {
  desk = await openWaitlistDesk({ book: waitingBook(waiting(['jo', 'fay'])), settings: { windowMin: 30 } })
  await offering(desk)
  for (let minutes = 0; minutes < 70; minutes += 31) {
    desk.clock.advance(31)
    await desk.work()
  }
  const told = await story()
  expect(told.outcome).toMatch(/^Everybody who could be asked was, and nobody took it\. It was over after \d+ min\. Of the others: 2 did not answer in time\.$/)
  expect(told.steps.map(({ words }) => words)).toContain('The time of Jo Danvers was over without an answer.')
})

test('a chair that is booked elsewhere is lost, and one that staff give up says who', async () => {
  desk = await openWaitlistDesk()
  await offering(desk)
  const { id } = await only()
  const free = await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: '2026-11-21T21:00:00.000Z', to: '2026-11-21T21:01:00.000Z' })
  await desk.platform.create({ key: 'online', slotId: free.ok ? free.value[0]?.id ?? '' : '', clientId: 'elena' })
  await desk.work()
  expect((await desk.waitlist.replay({ openingId: id })).outcome).toMatch(/^Somebody booked it elsewhere before it could be given to anybody who waits\./)
  await desk.close()

  desk = await openWaitlistDesk()
  await offering(desk)
  await desk.waitlist.close({ openingId: (await only()).id, by: maya })
  const told = await story()
  expect(told.steps.map(({ words }) => words)).toEqual(expect.arrayContaining(['Jo Danvers had not answered, and is no longer asked.', expect.stringMatching(/^maya stopped offering it\.$/i)]))
})

test('a chain is told as one: the chair that the waitlist freed names where it came from', async () => {
  desk = await openWaitlistDesk({ book: waitingBook([]), settings: { chainDepth: 1 } })
  // Jo has a visit at the end of the day and waits for an earlier one.
  const later = await desk.platform.searchSlots({ locationId: 'main', wants: [{ serviceId: 'cut', staffId: 'ana' }], from: '2026-11-22T00:00:00.000Z', to: '2026-11-22T00:01:00.000Z' })
  const made = await desk.platform.create({ key: 'later', slotId: later.ok ? later.value[0]?.id ?? '' : '', clientId: 'jo' })
  const entry = await desk.platform.waitlistAdd({ key: 'sooner', locationId: 'main', clientId: 'jo', serviceId: 'cut', wanted: [], ...(made.ok ? { insteadOf: made.value.id } : {}) })
  expect([made.ok, entry.ok]).toEqual([true, true])
  await offering(desk)
  await desk.write('jo', 'yes')
  await desk.work()
  const [first] = await desk.waitlist.openings({ ended: true })
  const next = await only()
  expect(next.cause).toBe("the waitlist moved Jo Danvers to an earlier time (Women's cut)")
  expect((await desk.waitlist.replay({ openingId: next.id })).chain.map(({ id, state, depth }) => [id, state, depth])).toEqual([[first?.id, 'filled', 0], [next.id, 'open', 1]])
})

test('a preview shows order, plan, and why others are not asked, for a visit that still stands; nothing is kept', async () => {
  desk = await openWaitlistDesk({ book: waitingBook([...waiting(), ...waiting(['elena'], { id: 'w-beard', serviceId: 'consult', wanted: [{ from: '2026-11-25T17:00:00.000Z', to: '2026-11-25T20:00:00.000Z' }] })]) })
  const [told, ...more] = await desk.waitlist.preview({ id: 'a-cut' })
  expect(more).toEqual([])
  expect(told).toMatchObject({ chair: 'Saturday 21 November at 1:00 pm with Ana Ortiz', plan: { width: 1, windowMin: 120, chance: expect.closeTo(0.76, 2) }, order: [{ place: 1, client: { name: 'Jo Danvers' } }, { place: 2 }, { place: 3 }, { place: 4 }] })
  expect(told?.otherWindows.length).toBeGreaterThan(0)
  expect(told?.notAsked).toMatchObject([{ because: expect.any(String), why: expect.any(String) }])
  expect(await desk.waitlist.openings()).toEqual([])
  await expect(desk.waitlist.preview({ id: 'a-nothing' })).rejects.toMatchObject({ code: 'not_found' })
})

test('a cancelled visit is offered at once when a person says so; given up, it may be offered again, filled it may not', async () => {
  desk = await openWaitlistDesk({ settings: { delayMin: 60 } })
  await expect(desk.waitlist.offerVisit({ appointmentId: 'a-cut', by: maya })).rejects.toMatchObject({ code: 'conflict' })
  await cancel(desk)
  await desk.work()
  const { id } = await only()
  expect(await desk.waitlist.offerVisit({ appointmentId: 'a-cut', by: maya })).toEqual([id])
  await desk.work()
  expect((await card(desk)).facts.target).toBe(`opening:${id}`)
  await desk.waitlist.close({ openingId: id, by: maya })
  const [again] = await desk.waitlist.offerVisit({ appointmentId: 'a-cut', by: maya })
  expect(again).not.toBe(id)
  expect(await only()).toMatchObject({ id: again, state: 'open' })
})

test('who waits, by service, with the days', async () => {
  desk = await openWaitlistDesk()
  expect(await desk.waitlist.line()).toMatchObject([{ service: { name: "Women's cut" }, entries: [{ client: { name: 'Jo Danvers' }, days: 10, ranges: 1 }, { days: 9 }, { days: 8 }, { days: 7 }] }])
})
