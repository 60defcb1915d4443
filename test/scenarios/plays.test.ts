import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { pictureBook } from '../support/play-book.ts'
import { type Play, readPlays } from '../support/play-format.ts'
import { judgeClient } from '../support/judge-texts.ts'
import { judgeAct, judgeEnd, judgeMoment, judgeWords } from '../support/play-judge.ts'
import { openTheatre, setStage } from '../support/play-stage.ts'
import { type Memory, perform, recall } from '../support/play-steps.ts'

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
      const results = await perform(step, stage, memory)
      for (const came of results) {
        if ('text' in came) judgeClient({ step: came.text, heard: came.heard, stage, play, where })
        if ('work' in came) expect(came.heard.proposals.map(({ kind }) => kind), `${where} proposes`).toEqual(came.work.proposes ?? [])
        if (!('act' in came)) continue
        const { act, heard } = came
        judgeWords({ heard, stage, where, play })
        judgeAct({ act: recall(act, memory), heard, where })
        for (const [name, pattern] of Object.entries(act.remembers ?? {})) {
          const found = new RegExp(pattern, 'm').exec(heard.reply)?.[1]
          expect(found, `${where}: ${name} is in "${heard.reply}"`).toBeDefined()
          memory.set(name, found ?? '')
        }
      }
      if ('at_once' in step && step.come_to !== undefined) expect(results.map(({ heard }) => ('did' in heard ? heard.did : 'result' in heard ? heard.result : '')).toSorted(), `${where}: together`).toEqual(step.come_to.toSorted())
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
