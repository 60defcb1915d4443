import { HumanMessage, type BaseMessage } from '@langchain/core/messages'
import { createAgent } from 'langchain'
import { errorFields, type Logger } from '../logger.ts'
import type { BookingPlatform } from '../platforms/booking-platform.ts'
import { DeskError } from '../salon/errors.ts'
import { sayFreshness } from '../salon/freshness.ts'
import { type Clock, localDate, type Zone } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { Understanding } from '../understanding/open-understanding.ts'
import type { Agent, Beside, Turn, TurnRequest } from './agent.ts'
import type { LanguageModelSettings } from './chat-model.ts'
import { answeredTurn, openTurn } from './conversations.ts'
import type { DeskTool } from './desk-tool.ts'
import { EmbeddedDeskModel } from './embedded-desk-model.ts'
import { openRemoteBrain } from './remote-brain.ts'
import { salonDirectory } from './salon-directory.ts'
import { emptyRecord, recordedTools, type TurnRecord } from './turn-record.ts'

/** Longest line a person may write; more is a document, not a request. */
const longestText = 2_000

/**
 * Opens the desk's colleague: one way in, two brains. With `languageModel` a turn goes to that model first and, when it
 * fails in any way, to the embedded one, visibly; without, to the embedded one.
 */
export function openAgent({ tools, understanding, platform, store, clock, logger, languageModel, retries }: {
  tools: DeskTool[]
  understanding: Understanding
  platform: BookingPlatform
  store: Store
  clock: Clock
  logger: Logger
  languageModel?: LanguageModelSettings
  /** Second tries of one call to the language model; 1 when omitted. */
  retries?: number
}): Agent {
  const directoryNow = salonDirectory(platform)
  const remote = languageModel === undefined ? undefined : openRemoteBrain({ settings: languageModel, store, clock, logger, ...(retries === undefined ? {} : { retries }) })
  const saying = new Map(tools.map((tool) => [tool.name, tool.say]))
  const ofTheBook = new Set(tools.filter(({ withoutBook }) => withoutBook !== true).map(({ name }) => name))

  /** How old the book is that the answer rests on, in words; nothing when it is live, or was not looked at. */
  const age = async (record: TurnRecord, zone: Zone): Promise<string[]> => {
    if (!record.toolCalls.some(({ name }) => ofTheBook.has(name))) return []
    return [sayFreshness({ freshness: await platform.freshness(), name: platform.name, zone, now: clock.now() })].filter((words) => words !== undefined)
  }

  const answer = async (request: TurnRequest, history: BaseMessage[], record: TurnRecord): Promise<Answer> => {
    const { person, conversationId, locationId, onEvent, text } = request
    const context = { person, conversationId, ...(locationId === undefined ? {} : { locationId }) }
    const bound = recordedTools({ tools, context, record, onEvent, warn: (error, tool) => logger.warn({ ...errorFields(error), tool }, 'a tool failed') })
    const salon = await directoryNow()
    const zone = (salon.catalog.locations.find(({ id }) => id === locationId) ?? salon.catalog.locations[0])?.zone ?? 'UTC'
    const human = new HumanMessage(text)
    const notes: string[] = []
    if (remote !== undefined) {
      const tried = await remote.turn({ messages: [...history, human], tools: bound, record, person, catalog: salon.catalog, zone, onEvent, signal: request.signal })
      if (tried.ok) return { brain: remote.name, messages: [human, ...tried.messages], prose: tried.prose, notes: await age(record, zone) }
      notes.push(tried.note)
    }
    const now = clock.now()
    const model = new EmbeddedDeskModel({
      understanding,
      directory: salon.directory,
      room: { now, today: localDate(now, zone), zone, catalog: salon.catalog, names: salon.names, locationId, say: (name, result) => saying.get(name)?.(result) ?? '' },
    })
    const { messages } = await createAgent({ model, tools: bound }).invoke({ messages: [...history, human] }, { recursionLimit: 60 })
    const own = messages.slice(history.length + 1)
    return { brain: 'embedded', messages: [human, ...own], prose: own.at(-1)?.text ?? '', notes: [...notes, ...(await age(record, zone))] }
  }

  return {
    async turn(request) {
      const text = request.text.trim()
      if (text === '' || text.length > longestText) {
        throw new DeskError('invalid_input', { message: 'empty or overlong line', userMessage: text === '' ? 'Say what you need.' : `That is too long for me: at most ${longestText} characters.` })
      }
      const { conversationId, person, requestId } = request
      const open = await openTurn({ store, clock, conversationId, person: person.id })
      const record = emptyRecord()
      try {
        // Asked once it has its turn: the same request may just have been answered by another instance.
        const before = requestId === undefined ? undefined : await answeredTurn({ store, requestId })
        if (before !== undefined) {
          await open.abandon()
          return before as Turn
        }
        const { brain, messages, prose, notes } = await answer({ ...request, text }, open.history, record)
        const turn = toTurn({ text, brain, prose, notes, record })
        await open.close(messages, {
          at: clock.now(), actor: person.id, action: 'agent.turn', subject: `conversation:${conversationId}`,
          detail: { brain, role: person.role, tools: record.toolCalls.map(({ name }) => name), proposals: record.proposals.map(({ id }) => id), ...(notes.length > 0 ? { notes: notes.length } : {}) },
        }, requestId === undefined ? undefined : { requestId, turn })
        return turn
      } catch (error) {
        // The reason matters more than the lease, which ends by itself.
        await open.abandon().catch(() => {})
        throw error
      }
    },
  }
}

type Answer = { brain: string; messages: BaseMessage[]; prose: string; notes: string[] }

/** The reply: words first (a language model's are labelled), then what code shows from the store. */
function toTurn({ text, brain, prose, notes, record }: { text: string; brain: string; prose: string; notes: string[]; record: TurnRecord }): Turn {
  const embedded = brain === 'embedded'
  // The embedded brain's words already hold policy answers and notes, made by the same code.
  const shown = record.shown.filter(({ kind }) => !embedded || kind === 'card')
  const words = embedded ? prose : `Assistant: ${prose}`
  return {
    text,
    reply: [...notes.map((note) => `(${note})`), words, ...shown.map(({ text: lines }) => lines)].filter((part) => part !== '').join('\n\n'),
    prose: words,
    beside: shown.flatMap(besideOf),
    toolCalls: record.toolCalls,
    proposals: record.proposals,
    brain,
    notes,
  }
}

function besideOf({ kind, text, policy }: TurnRecord['shown'][number]): Beside[] {
  if (policy !== undefined) return [{ kind: 'policy', answer: policy.answer, citations: policy.citations }]
  return kind === 'notes' ? [{ kind, text }] : []
}
