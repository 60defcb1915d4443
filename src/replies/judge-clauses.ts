import type { IntentModel } from '../understanding/intent-model.ts'
import type { Clause } from './read-clauses.ts'
import { asSeen, type ClauseIntent } from './reply-model.ts'

/** From here on the model's word counts; below, the clause stays unknown and a person reads it. */
const believed = 0.5
/** An opt-out in a wording that no rule knows: silence is the safer mistake, yet not for anything that only resembles it. */
const optOut = { alone: 0.93, withCue: 0.55 }
const sendingCue = /\b(?:text\w*|txt\w*|messag\w*|msgs?|sms|contact me|(?:your|the|this|ur) list|spam\w*|(?:my|this) number|subscri\w*|notifications?|bother(?:ing)? (?:me|us)|mensajes?|escrib\w*|(?:la|su|tu) lista|mi numero|textos?)\b/

type Model = Pick<IntentModel<ClauseIntent>, 'classify'>

/** Gives every clause that no rule knows the meaning the model believes in, and says whether one of them opts out. */
export async function judgeClauses({ clauses, model }: { clauses: Clause[]; model: Model }): Promise<{ clauses: Clause[]; any: boolean; optsOut: boolean }> {
  let [any, optsOut] = [false, false]
  const judged: Clause[] = []
  for (const clause of clauses) {
    if (clause.kind !== 'unknown') {
      judged.push(clause)
      continue
    }
    any = true
    const [best] = await model.classify(asSeen(clause))
    const { intent, probability } = best!
    if (intent === 'stop') optsOut ||= probability >= optOut.alone || (probability >= optOut.withCue && sendingCue.test(clause.text))
    const kind = probability < believed || intent === 'stop' ? 'unknown' : intent
    judged.push({ ...clause, kind, belief: probability })
  }
  return { clauses: judged, any, optsOut }
}
