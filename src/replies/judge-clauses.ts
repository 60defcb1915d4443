import type { IntentModel } from '../understanding/intent-model.ts'
import type { Clause } from './read-clauses.ts'
import { asSeen, type ClauseIntent } from './reply-model.ts'

/** From here on the model's word counts; below, the clause stays unknown and a person reads it. */
const believed = 0.5
/** An opt-out in a wording that no rule knows: silence is the safer mistake, yet not for anything that only resembles it. */
const optOut = { alone: 0.93, withCue: 0.6 }
const sendingCue = /\b(?:text\w*|txt\w*|messag\w*|msgs?|sms|contact me|(?:your|the|this|ur) list|spam\w*|(?:my|this) number|subscri\w*|notifications?|bother(?:ing)? (?:me|us)|mensajes?|escrib\w*|(?:la|su|tu) lista|mi numero|textos?)\b/

/** What may stand beside a yes and change nothing of it. */
const besideYes = new Set<ClauseIntent>(['yes', 'thanks', 'question'])
const mostlyHarmless = 0.6

/** "Could I also have the price" asks to be told, "could I also have a blow-dry" does not: the rules take both for a request. */
const surelyQuestion = 0.6
function mayBeQuestion({ kind, text }: Clause): boolean {
  return kind === 'request' && !text.includes('xtime')
}

/** Whoever writes more clauses that no rule knows has written a letter: a person reads it. */
const most = 6

type Model = Pick<IntentModel<ClauseIntent>, 'classify'>

/** Gives every clause that no rule knows, or that may be a plain question, the meaning the model believes in, and says whether one of them opts out. */
export async function judgeClauses({ clauses, model }: { clauses: Clause[]; model: Model }): Promise<{ clauses: Clause[]; any: boolean; optsOut: boolean }> {
  let [any, optsOut, asked] = [false, false, 0]
  const judged: Clause[] = []
  for (const clause of clauses) {
    if ((clause.kind !== 'unknown' && !mayBeQuestion(clause)) || asked >= most) {
      judged.push(clause)
      continue
    }
    asked++
    const scores = await model.classify(asSeen(clause))
    if (clause.kind === 'request') {
      const question = scores.find((each) => each.intent === 'question')?.probability ?? 0
      any ||= question >= surelyQuestion
      judged.push(question >= surelyQuestion ? { ...clause, kind: 'question' } : clause)
      continue
    }
    any = true
    const { intent, probability } = scores[0]!
    const harmless = scores.filter((each) => besideYes.has(each.intent)).reduce((sum, each) => sum + each.probability, 0)
    // "Messages" alone refuses nothing.
    if (intent === 'stop' && clause.text.includes(' ')) optsOut ||= probability >= optOut.alone || (probability >= optOut.withCue && sendingCue.test(clause.text))
    const known = intent !== 'stop' && (probability >= believed || (besideYes.has(intent) && harmless >= mostlyHarmless))
    judged.push({ ...clause, kind: known ? intent : 'unknown', belief: { probability, harmless } })
  }
  return { clauses: judged, any, optsOut }
}
