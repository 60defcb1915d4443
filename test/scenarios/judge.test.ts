import { afterAll, beforeAll, expect, test } from 'vitest'
import { unwrap } from '../../src/platforms/unwrap.ts'
import { pictureBook } from '../support/play-book.ts'
import { Play } from '../support/play-format.ts'
import { judgeEnd, judgeMoment, judgeWords } from '../support/play-judge.ts'
import { openTheatre, setStage, type Stage } from '../support/play-stage.ts'

/** A judge that never vetoes proves nothing: each rule is shown to bite. */

const play = Play.parse({ play: 'x', about: 'x', salon: 'tiny', clock: '2026-11-21 07:30', people: {}, steps: [{ minutes_pass: 1 }] })
const where = 'step 1'

let theatre: Awaited<ReturnType<typeof openTheatre>>
let stage: Stage
beforeAll(async () => {
  theatre = await openTheatre()
  stage = await setStage({ play, ...theatre })
}, 240_000)
afterAll(async () => {
  await stage.close()
  await theatre.close()
})

const heard = (reply: string) => ({ reply, tools: [], proposals: [], result: 'answered' })

test.each([
  ['no phone number is read out', 'Call her on (213) 555-0103.'],
  ['no phone number is read out', 'It is +12135550103'],
  ['no e-mail address is read out', 'Write to dana.w@example.com.'],
  ['plain words only', 'TypeError: cannot read'],
  ['plain words only', 'She comes undefined.'],
  ['something was said', ''],
])('%s: %s', async (rule, reply) => {
  await expect(async () => judgeWords({ heard: heard(reply), stage, where, play })).rejects.toThrow(rule)
  expect(() => judgeWords({ heard: heard('Dana Kim comes Friday 27 November at 3:00 pm ($65), phone ending 02. P-234567'), stage, where, play })).not.toThrow()
})

test('a change without an approval, a change nobody told of and a broken audit log are each vetoed', async () => {
  const start = await pictureBook(stage.store)
  const [step] = play.steps
  if (step === undefined) throw new Error('no step')
  const moment = async () => judgeMoment({ stage, step, before: start, after: await pictureBook(stage.store), start, play, where })
  await moment()
  await judgeEnd({ play, stage, start, end: start })

  const { version } = unwrap(await stage.platform.appointment({ id: 'a-cut' }))
  unwrap(await stage.platform.cancel({ key: 'desk:1', id: 'a-cut', expectedVersion: version, cancelledBy: 'client' }))
  await expect(moment()).rejects.toThrow('every change has its approval')
  await expect(judgeEnd({ play, stage, start, end: await pictureBook(stage.store) })).rejects.toThrow('changed in the book, and nothing else')

  await stage.store.db.updateTable('audit_head').set({ hash: 'f'.repeat(64) }).execute()
  await expect(moment()).rejects.toThrow('the audit log is whole')
})
