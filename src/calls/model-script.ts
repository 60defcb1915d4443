import { z } from 'zod'
import { loadPrompt } from '../prompts/load-prompt.ts'
import type { TextModel } from '../prompts/text-model.ts'
import type { Script } from './call-list.ts'
import { checkScript, type ScriptFacts } from './check-script.ts'
import { twoSegments } from '../salon/gsm-text.ts'
import { firstName, inSentence } from '../salon/plain-names.ts'
import { sayVisitTime } from './write-script.ts'

/** One call may take this long, all of a list together that long; at most this many at a time. A morning list must not wait for a model. */
const budget = { oneMs: 6_000, allMs: 15_000, atOnce: 4 }

const Written = z.object({ spoken: z.string(), text: z.string() })

/**
 * Lets a language model word scripts, in parallel and within a budget. The model is given the facts of one appointment
 * as data and nothing else; what it writes is held against them, and where it fails (or does not answer in time) the
 * template stays, with the reason. In: what to word. Out: scripts by appointment id.
 */
export async function modelScripts({ model, jobs, signal, promptsDir }: {
  model: TextModel
  jobs: { appointmentId: string; facts: ScriptFacts; template: Script }[]
  signal?: AbortSignal | undefined
  promptsDir?: string | undefined
}): Promise<Map<string, Script>> {
  const prompt = await loadPrompt({ id: 'call-script', ...(promptsDir === undefined ? {} : { dir: promptsDir }) })
  const system = prompt.render({ textLimit: String(twoSegments) })
  const all = AbortSignal.any([AbortSignal.timeout(budget.allMs), ...(signal === undefined ? [] : [signal])])
  const waiting = [...jobs]
  const scripts = new Map<string, Script>()
  const work = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
      scripts.set(job.appointmentId, await wordOne({ model, system, facts: job.facts, template: job.template, all }))
    }
  }
  await Promise.all(Array.from({ length: budget.atOnce }, work))
  return scripts
}

async function wordOne({ model, system, facts, template, all }: { model: TextModel; system: string; facts: ScriptFacts; template: Script; all: AbortSignal }): Promise<Script> {
  const refuse = (reason: string): Script => ({ ...template, modelRejected: reason })
  if (all.aborted) return refuse('no time was left for the language model')
  const signal = AbortSignal.any([all, AbortSignal.timeout(budget.oneMs)])
  try {
    const answer = await orAborted(model.complete({ system, user: JSON.stringify(factsForModel(facts)), maxTokens: 500, signal }), signal)
    const written = readAnswer(answer)
    if (written === undefined) return refuse('the answer was not the JSON that was asked for')
    for (const channel of ['spoken', 'text'] as const) {
      const verdict = checkScript({ script: written[channel], channel, facts })
      if (!verdict.ok) return refuse(`${channel}: ${verdict.reason}`)
    }
    return { ...written, from: 'model' }
  } catch {
    return refuse(signal.aborted ? 'the language model took too long' : 'the language model did not answer')
  }
}

/** First names only, and no contact details: nothing that the sentence does not need. */
function factsForModel(facts: ScriptFacts): Record<string, unknown> {
  return {
    client: facts.firstName,
    salon: facts.salon,
    services: facts.services.map(inSentence),
    staff: facts.staff.map(firstName),
    when: sayVisitTime(facts),
    mayMention: facts.points,
  }
}

function readAnswer(answer: string): z.infer<typeof Written> | undefined {
  const json = /\{[\s\S]*\}/.exec(answer)?.[0]
  try {
    const { spoken, text } = Written.parse(JSON.parse(json ?? ''))
    return { spoken: spoken.trim(), text: text.trim() }
  } catch {
    return undefined
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  promise.catch(() => {}) // it may fail after we stopped waiting
  return Promise.race([promise, new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => { reject(new Error('aborted')) }, { once: true })
  })])
}
