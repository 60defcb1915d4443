import { AIMessage, AIMessageChunk, type BaseMessage, ToolMessage } from '@langchain/core/messages'
import type { DynamicStructuredTool } from '@langchain/core/tools'
import { createAgent, modelCallLimitMiddleware, toolCallLimitMiddleware, toolErrorMiddleware } from 'langchain'
import { type Person, roleNames } from '../approvals/roles.ts'
import { errorFields, type Logger } from '../logger.ts'
import { loadPrompt } from '../prompts/load-prompt.ts'
import { sayMoney } from '../salon/money.ts'
import type { Catalog } from '../salon/salon.ts'
import { addMinutes, type Clock, type Instant, localDate, sayTime, sayWhen, type Zone } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { AgentEvent } from './agent.ts'
import { type LanguageModelSettings, openChatModel } from './chat-model.ts'
import { cleanProse, cleanStream } from './clean-prose.ts'
import { guardModel, ModelGaveUp } from './guard-model.ts'
import { addUsage, type Limits, readLimits, tokensUsed } from './limits.ts'
import type { TurnRecord } from './turn-record.ts'

type RemoteTurn = {
  /** History in whole turns, ending with the person's line. */
  messages: BaseMessage[]
  tools: DynamicStructuredTool[]
  record: TurnRecord
  person: Person
  catalog: Catalog
  zone: Zone
  onEvent?: ((event: AgentEvent) => void) | undefined
  signal?: AbortSignal | undefined
}

/** `note` says to the person why the embedded brain answers. */
type RemoteAnswer = { ok: true; messages: BaseMessage[]; prose: string } | { ok: false; note: string }

export type RemoteBrain = { name: string; turn(turn: RemoteTurn): Promise<RemoteAnswer> }

const onMyOwn = 'I\'m answering on my own'

/**
 * The brain behind an OpenAI-compatible endpoint. Whatever it does wrong (silence, 429, refused key, broken arguments,
 * an empty answer, no end) ends its turn and is said; after a failure it is left alone for some minutes.
 */
export function openRemoteBrain({ settings, store, clock, logger, retries }: { settings: LanguageModelSettings; store: Store; clock: Clock; logger: Logger; retries?: number }): RemoteBrain {
  let restUntil: Instant | undefined
  return {
    name: settings.model,
    async turn(turn) {
      const now = clock.now()
      if (restUntil !== undefined && now < restUntil) return { ok: false, note: `the language model failed a moment ago; until ${sayTime(restUntil, turn.zone)} ${onMyOwn}` }
      const limits = await readLimits(store)
      const day = localDate(now, turn.zone)
      if (await tokensUsed({ store, day, model: settings.model }) >= limits.tokensPerDay) return { ok: false, note: `the language model's budget for today is used up; ${onMyOwn}` }
      let tokens = 0
      try {
        const messages = await converse({ turn, settings, limits, now, retries, onTokens: (total) => { tokens = total } })
        restUntil = undefined
        return { ok: true, messages, prose: cleanProse(messages.at(-1)?.text ?? '', turn.record.cited) }
      } catch (error) {
        turn.signal?.throwIfAborted()
        logger.warn({ ...errorFields(error), model: settings.model }, 'the language model failed')
        if (isSpent(error)) return { ok: false, note: `the language model kept going without an answer and was stopped at its limit; ${onMyOwn}` }
        restUntil = addMinutes(now, limits.restMinutes)
        return { ok: false, note: `${sayFailure(error)}; ${onMyOwn}` }
      } finally {
        await addUsage({ store, day, model: settings.model, tokens })
      }
    },
  }
}

async function converse({ turn, settings, limits, now, retries, onTokens }: { turn: RemoteTurn; settings: LanguageModelSettings; limits: Limits; now: Instant; retries: number | undefined; onTokens: (total: number) => void }): Promise<BaseMessage[]> {
  const model = await openChatModel({ settings, timeoutMs: limits.seconds * 1_000, maxTokens: 1_500, ...(retries === undefined ? {} : { retries }) })
  const agent = createAgent({
    model,
    tools: turn.tools,
    systemPrompt: await systemPrompt(turn, now),
    middleware: [
      modelCallLimitMiddleware({ runLimit: limits.modelCalls, exitBehavior: 'error' }),
      toolCallLimitMiddleware({ runLimit: limits.toolCalls, exitBehavior: 'error' }),
      guardModel({ mostTokens: limits.tokensPerTurn, onTokens }),
      // Without it a model that sends wrong arguments is shown a stack trace.
      toolErrorMiddleware({ onError: (error) => JSON.stringify({ error: /schema|invalid/i.test(error instanceof Error ? error.message : '') ? 'These arguments do not fit the tool. Look at its schema.' : 'The tool failed. Nothing was changed.' }) }),
    ],
  })
  const timeout = AbortSignal.timeout(limits.seconds * 1_000)
  const signal = turn.signal === undefined ? timeout : AbortSignal.any([timeout, turn.signal])
  const options = { recursionLimit: 4 * (limits.modelCalls + limits.toolCalls) + 20, signal }
  const all = turn.onEvent === undefined
    ? (await agent.invoke({ messages: turn.messages }, options)).messages
    : await streamed(await agent.stream({ messages: turn.messages }, { ...options, streamMode: ['messages', 'values'] }), turn.onEvent)
  const own = all.slice(turn.messages.length)
  if (!isComplete(own)) throw new ModelGaveUp('broken', 'the turn ended with open tool calls')
  return own
}

async function streamed(stream: AsyncIterable<[string, unknown]>, onEvent: (event: AgentEvent) => void): Promise<BaseMessage[]> {
  let messages: BaseMessage[] = []
  const words = cleanStream((text) => onEvent({ kind: 'token', text }))
  for await (const [mode, part] of stream) {
    if (mode === 'values') messages = (part as { messages: BaseMessage[] }).messages
    else {
      const [chunk] = part as [BaseMessage]
      if (AIMessageChunk.isInstance(chunk) && chunk.text !== '') words.push(chunk.text)
    }
  }
  words.end()
  return messages
}

/** Every tool call has its result, and the last word is the model's: what may be kept and sent again. */
function isComplete(messages: BaseMessage[]): boolean {
  const done = new Set(messages.flatMap((message) => (ToolMessage.isInstance(message) ? [message.tool_call_id] : [])))
  const last = messages.at(-1)
  return AIMessage.isInstance(last) && (last.tool_calls ?? []).length === 0 && messages.every((message) => !AIMessage.isInstance(message) || (message.tool_calls ?? []).every(({ id }) => done.has(id ?? '')))
}

/** Holds no secret (LLM-8): what it says of the salon hangs on the wall there. */
async function systemPrompt({ person, catalog, zone }: RemoteTurn, now: Instant): Promise<string> {
  const prompt = await loadPrompt({ id: 'agent' })
  return prompt.render({
    salon: catalog.business.name,
    now: `${sayWhen(now, zone)} (${localDate(now, zone)}, ${zone})`,
    role: roleNames[person.role],
    locations: catalog.locations.map(({ id, name, hours }) => `- ${name} (locationId ${id}), open ${hours.map(({ weekday, open, close }) => `${['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][weekday - 1]} ${open}-${close}`).join(', ')}`).join('\n'),
    staff: catalog.staff.filter(({ active }) => active).map(({ id, name }) => `- ${name} (staffId ${id})`).join('\n'),
    services: catalog.services.filter(({ active }) => active).map(({ id, name, durationMin, price }) => `- ${name} (serviceId ${id}), ${durationMin} min, ${sayMoney(price)}`).join('\n'),
  })
}

/** The error itself and those it was wrapped around: middleware and graph each wrap what passes through them. */
function chain(error: unknown): Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : []
}

function isSpent(error: unknown): boolean {
  return chain(error).some((each) => (each instanceof ModelGaveUp && each.reason === 'spent') || /LimitExceeded|CallLimit|GraphRecursion/.test(each.name))
}

function sayFailure(error: unknown): string {
  const errors = chain(error)
  const status = errors.map((each) => ('status' in each ? each.status : undefined)).find((each) => each !== undefined)
  if (status === 401 || status === 403) return 'the language model refused our key'
  if (status === 429) return 'the language model is asked too much right now'
  return errors.some((each) => each instanceof ModelGaveUp) ? 'the language model sent something that is no answer' : 'the language model did not answer'
}
