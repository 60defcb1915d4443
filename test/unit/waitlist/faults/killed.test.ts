import { afterEach, expect, test } from 'vitest'
import { sql } from 'kysely'
import { verifyAudit } from '../../../../src/store/audit.ts'
import { maya } from '../../../support/approvals-desk.ts'
import { killedAt } from '../../../support/killed-desk.ts'
import { bookedAt, cancel, card, type Instance, offers, openWaitlistDesk, waitingBook, waiting, type WaitlistDesk } from '../waitlist-desk.ts'
import { entryOf, heard } from './watching.ts'

let desk: WaitlistDesk
afterEach(() => desk.close())

/** What happens to a chair from the cancellation to the booking, each part in a process that may die in it. */
const parts: { name: string; before: () => Promise<void>; run: (victim: Instance) => Promise<unknown> }[] = [
  { name: 'a cancellation is noticed and its card made', before: () => cancel(desk), run: (victim) => victim.work() },
  {
    name: 'the card is approved and the first is asked', before: async () => { await cancel(desk); await desk.work() },
    run: async (victim) => {
      const proposal = await card(victim)
      await victim.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
      await victim.work()
    },
  },
  { name: 'the first says no and the second is asked', before: begin, run: (victim) => victim.write('jo', 'no thanks', 'jo-no') },
  { name: 'the first says yes and is booked', before: begin, run: (victim) => victim.write('jo', 'YES', 'jo-yes') },
  {
    name: 'the window closes and the second is asked', before: async () => { await begin(); desk.clock.advance(31) },
    run: (victim) => victim.work(),
  },
]

async function begin(): Promise<void> {
  await cancel(desk)
  await desk.work()
  const proposal = await card(desk)
  await desk.approvals.decide({ id: proposal.id, decision: 'approve', by: maya, hash: proposal.hash })
  await desk.work()
}

/** Every step is one world; by default some of them, drawn evenly, all with `KILL_STEPS=all`. */
const stride = process.env['KILL_STEPS'] === 'all' ? 1 : 17

for (const { name, before, run } of parts) {
  test(`F50 killed at every step while ${name}: it goes on, nobody skipped, nobody asked twice, one booking, one outcome each`, { timeout: 600_000 }, async () => {
    let survived = false
    for (let at = 1 + (stride === 1 ? 0 : name.length % stride); !survived; at += stride) {
      desk = await openWaitlistDesk({ book: waitingBook(waiting(['jo', 'fay'])), settings: { windowMin: 30, most: 1 } })
      desk.canLook()
      await before()
      let died = (): boolean => false
      const victim = await desk.another({ wrap: (given) => {
        const killed = killedAt({ ...given, at })
        died = killed.died
        return killed
      } })
      await run(victim).catch(() => {})
      survived = !died()
      await goOn(at)
      if (!survived) await desk.close()
    }
  })
}

/** A process that was started again: what the service did not get an answer for comes again, and the card is decided if it was not. */
async function goOn(at: number): Promise<void> {
  await sql`update outbox set leased_until = clock_timestamp() - interval '1 second' where state = 'CLAIMED'`.execute(desk.store.db)
  const fresh = await desk.another()
  await fresh.approvals.catchUp()
  for (const id of ['jo-no', 'jo-yes']) {
    const seen = await desk.store.db.selectFrom('texts').select('id').where('key', '=', `in:${id}`).executeTakeFirst()
    if (seen !== undefined) await fresh.write('jo', id === 'jo-no' ? 'no thanks' : 'YES', id)
  }
  for (let round = 0; round < 4; round++) {
    desk.clock.advance(1.5)
    await fresh.approvals.catchUp()
    await fresh.work()
    const [waitingCard] = await fresh.approvals.list()
    if (waitingCard !== undefined) await fresh.approvals.decide({ id: waitingCard.id, decision: 'approve', by: maya, hash: waitingCard.hash })
  }
  // Whoever has not been asked yet by then is asked when the one before has let it pass; the last one takes it.
  const asked = heard(desk, 'jo').filter((kind) => kind === 'offer').length
  expect(asked, `step ${at}: asked`).toBe(1)
  if ((await bookedAt(desk)).length === 0) {
    for (let round = 0; round < 2 && heard(desk, 'fay').length === 0; round++) {
      desk.clock.advance(32)
      await fresh.work()
    }
    expect(heard(desk, 'fay'), `step ${at}`).toEqual(['offer'])
    await fresh.write('fay', 'yes', `fay-${at}`)
  }
  const [winner = ''] = await bookedAt(desk)
  expect(await bookedAt(desk), `step ${at}: booked`).toHaveLength(1)
  expect(heard(desk, winner).filter((kind) => kind !== 'holding'), `step ${at}: told`).toEqual(['offer', 'booked'])
  expect(heard(desk, winner === 'jo' ? 'fay' : 'jo').filter((kind) => kind !== 'offer' && kind !== 'kept'), `step ${at}: the other`).toEqual([])
  expect(await entryOf(desk, winner)).toBe('filled')
  expect((await offers(desk)).map(([client]) => client)).toEqual(['jo', 'fay'])
  expect(desk.errors.filter((error) => !(error instanceof Error && error.message === 'killed'))).toEqual([])
  expect(await verifyAudit(desk.store.db)).toMatchObject({ ok: true })
}
