import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pictureBook } from '../support/play-book.ts'
import { type Play, readPlays } from '../support/play-format.ts'
import { judgeAct, judgeClient, judgeEnd, judgeMoment, judgeWords } from '../support/play-judge.ts'
import { openTheatre, setStage } from '../support/play-stage.ts'
import { clientTexts, type Memory, perform, recall } from '../support/play-steps.ts'

/** The longest a play may take: the first one in the demo salon waits until that is loaded, on a machine that does other things too. */
const actMs = 90_000

const plays = readPlays(import.meta.dirname)

let theatre: Awaited<ReturnType<typeof openTheatre>>
// The first opening of a machine's first run fits the reader and indexes the policies; no single play waits for that.
beforeAll(async () => { theatre = await openTheatre() }, 240_000)
afterAll(() => theatre.close())

/** Acts one play from its first step to its last; the conversation and the store can each veto it. */
async function act(play: Play): Promise<void> {
  const stage = await setStage({ play, ...theatre })
  try {
    const memory: Memory = new Map()
    const start = await pictureBook(stage.store)
    let before = start
    for (const [index, step] of play.steps.entries()) {
      const where = `step ${index + 1}`
      if ('texts' in step) {
        const said = recall(step, memory)
        judgeClient({ step: said, heard: await clientTexts(said, stage), stage, play, where })
      }
      const results = 'texts' in step ? [] : await perform(step, stage, memory)
      for (const { act, heard } of results) {
        judgeWords({ heard, stage, where, play })
        judgeAct({ act: recall(act, memory), heard, where })
        for (const [name, pattern] of Object.entries(act.remembers ?? {})) {
          const found = new RegExp(pattern, 'm').exec(heard.reply)?.[1]
          expect(found, `${where}: ${name} is in "${heard.reply}"`).toBeDefined()
          memory.set(name, found ?? '')
        }
      }
      if ('at_once' in step && step.come_to !== undefined) expect(results.map(({ heard }) => heard.result).toSorted(), `${where}: together`).toEqual(step.come_to.toSorted())
      const after = await pictureBook(stage.store)
      await judgeMoment({ stage, step, before, after, start, play, where })
      before = after
    }
    await judgeEnd({ play: recall(play, memory), stage, start, end: before })
  } finally {
    await stage.close()
  }
}

describe('little plays', () => {
  for (const play of plays) {
    if (play.pending === undefined) test(play.play, () => act(play), actMs)
    else test.todo(`${play.play} (pending: ${play.pending})`)
  }

  test('at least twenty are on', () => {
    expect(plays.filter(({ pending }) => pending === undefined).length).toBeGreaterThanOrEqual(20)
  })
})
