import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judgeCall, judgeCalls } from './judge-calls.ts'
import { judgeClient } from './judge-texts.ts'
import { differences, pictureBook } from './play-book.ts'
import type { Play } from './play-format.ts'
import { judgeAct, judgeEnd, judgeMoment, judgeWords } from './play-judge.ts'
import { openTheatre, setStage } from './play-stage.ts'
import { type Memory, perform, recall } from './play-steps.ts'

/** The longest a play may take: the first one in the demo salon waits until that is loaded, on a machine that does other things too. */
const actMs = 90_000

/** Acts plays as tests, each on a database of its own; fewer than `atLeast` that are on is a failure, too. */
export function actPlays({ title, plays, atLeast }: { title: string; plays: Play[]; atLeast: number }): void {
  describe(title, () => {
    let theatre: Awaited<ReturnType<typeof openTheatre>>
    // The first opening of a machine's first run fits the reader and indexes the policies; no single play waits for that.
    beforeAll(async () => { theatre = await openTheatre() }, 240_000)
    afterAll(() => theatre.close())

    for (const play of plays) {
      if (play.pending === undefined) test(play.play, () => act(play, theatre), actMs)
      else test.todo(`${play.play} (pending: ${play.pending})`)
    }

    test(`at least ${atLeast} are on`, () => {
      expect(plays.filter(({ pending }) => pending === undefined).length).toBeGreaterThanOrEqual(atLeast)
    })
  })
}

/** Acts one play from its first step to its last; the conversation and the store can each veto it. */
async function act(play: Play, theatre: Awaited<ReturnType<typeof openTheatre>>): Promise<void> {
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
        if ('call' in came) {
          await judgeCall({ step: came.call, heard: came.heard, stage, play, where })
          expect(came.heard.proposals.map(({ kind }) => kind), `${where} proposes`).toEqual(came.call.proposes ?? [])
        }
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
      if ('at_once' in step && step.come_to !== undefined) expect(results.map(({ heard }): string => ('did' in heard ? (heard.did ?? '') : 'result' in heard ? heard.result : '')).toSorted(), `${where}: together`).toEqual(step.come_to.toSorted())
      const after = await pictureBook(stage.store)
      for (const came of results) if ('call' in came && results.length === 1 && came.heard.call.provenAs === undefined) expect(differences(before, after), `${where}: who has not proven who they are changes nothing`).toEqual([])
      await judgeMoment({ stage, step, before, after, start, play, where })
      before = after
    }
    await judgeEnd({ play: recall(play, memory), stage, start, end: before })
    await judgeCalls({ wanted: play.in_the_end.phone_calls, stage })
  } catch (error) {
    if (error instanceof Error && stage.calls.length > 0) error.message += `\n${stage.calls.flatMap(({ caller, script }) => [`The call of ${caller}:`, ...script]).join('\n')}`
    throw error
  } finally {
    await stage.close()
  }
}
