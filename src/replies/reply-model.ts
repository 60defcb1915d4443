import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Embedder } from '../embedding/embedder.ts'
import { fittedExamples } from '../understanding/fitted-examples.ts'
import { openIntentModel, type Example, type IntentModel, type Task } from '../understanding/intent-model.ts'
import { foldText } from './fold-text.ts'
import type { Clause } from './read-clauses.ts'

/** What one clause may mean. `request` asks for something to be done that is no other time ("can I add a blowout"). */
const clauseIntents = ['yes', 'no', 'change', 'cancel', 'late', 'question', 'request', 'wrong_person', 'human', 'health', 'complaint', 'thanks', 'stop', 'unclear'] as const
export type ClauseIntent = (typeof clauseIntents)[number]

/** Turns of phrase that say what is meant more plainly than likeness of meaning does. Their order is their number. */
const cues: RegExp[] = [
  /\b(?:yes|yeah|yep|yup|sure|ok|okay|perfect|great|good|fine|correct|right|si|claro|bien|perfecto|oui)\b/,
  /\b(?:no|not|cant|cannot|wont|dont|doesnt|isnt|never|unable|nope|nah|non|pas)\b/,
  /\b(?:confirm\w*|book|reserve|keep|proceed|go ahead|accept|agreed?|approve\w*)\b/,
  /\b(?:see you|be there|coming|attend|make it|nos vemos|ahi|alli)\b/,
  /\bfriday at 3\b/,
  /^(?:can|could|may|is|are|do|does|would|will|puedo|puede|podria|hay|tienen?)\b/,
  /^(?:what|whats|where|wheres|when|whens|who|whos|which|how|why|cual|donde|cuando|cuanto|quien|que|como)\b/,
  /\?$/,
  /\b(?:instead|reschedule|move|change|another|different|earlier|later|prefer|rather|mejor|cambiar|otro|otra|reprogramar|prefiero)\b/,
  /\bcancel\w*|\banul\w*/,
  /\b(?:late|way|traffic|parking|outside|minutes?|min|tarde|camino|llego)\b/,
  /\b(?:text|texts|texting|message|messages|messaging|contact|list|unsubscribe|spam|mensajes|escrib\w*|lista)\b/,
  /\b(?:stop|quit|remove|delete|opt|dejen?|paren?|borren?)\b/,
  /\b(?:call|talk|speak|person|human|llam\w*|hablar)\b/,
  /\b(?:maybe|sure|know|check|think|guess|might|if|unless|depends|quizas?|se|creo|depende)\b/,
  /\b(?:thanks|thank|hi|hello|bye|gracias|hola|merci)\b/,
  /\b(?:add|also|too|agregar|tambien)\b/,
  /\b(?:sick|allerg\w*|pregnant|fever|covid|burn\w*|rash|reaction|enferm\w*|embarazad\w*|hospital)\b/,
  /\b(?:refund|charged|rude|terrible|awful|ruined|unhappy|complain\w*|wrong)\b/,
  /\b(?:wrong|number|person|numero|equivocad\w*)\b/,
]

/** Tells what one clause of a client's text means. */
export type ReplyModel = IntentModel<ClauseIntent>

export const replyTask: Task<ClauseIntent> = { name: 'replies', intents: clauseIntents, cues }

const Line = z.object({ intent: z.enum(clauseIntents), text: z.string().min(1) })

/** Stands for any day and time when clauses are compared. */
const stand = 'friday at 3'

/** The example replies as the model sees a clause: folded, with one day and time for all. */
export async function readReplyExamples(): Promise<Example<ClauseIntent>[]> {
  const text = await readFile(join(import.meta.dirname, 'examples.jsonl'), 'utf8')
  return text.trim().split('\n').map((line) => Line.parse(JSON.parse(line))).map(({ intent, text: phrase }) => ({ intent, text: asExample(phrase) }))
}

/**
 * Fits the model on the example replies, or reads the fit that is shipped or left in `cacheDir`. Throws the embedder's
 * `DeskError` when that cannot run.
 */
export async function openReplyModel({ embedder, cacheDir }: { embedder: Embedder; cacheDir?: string }): Promise<ReplyModel> {
  const examples = await readReplyExamples()
  const { vectors, fit } = await fittedExamples({ task: replyTask, examples, embedder, ...(cacheDir !== undefined && { cacheDir }) })
  return openIntentModel({ task: replyTask, examples, vectors, fit, embedder })
}

/** A clause as the model sees it. */
export function asSeen({ text, asked }: Pick<Clause, 'text' | 'asked'>): string {
  return `${text.replaceAll('xtime', stand)}${asked ? ' ?' : ''}`.trim()
}

function asExample(phrase: string): string {
  const { text } = foldText(phrase.replaceAll('{time}', stand))
  return text.replaceAll(/ [.,!](?= |$)/g, '').trim()
}
