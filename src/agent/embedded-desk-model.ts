import { randomUUID } from 'node:crypto'
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from '@langchain/core/messages'
import type { ChatResult } from '@langchain/core/outputs'
import type { Understanding } from '../understanding/open-understanding.ts'
import type { Request } from '../understanding/reading.ts'
import type { ToolFailure, ToolResult } from './desk-tool.ts'
import { readMemory, withMemory, type Memory } from './memory.ts'
import { makePlan } from './plan/make-plan.ts'
import { nextStep, type Room, type Task } from './plan/plan.ts'
import { unclear } from './plan/talk.ts'
import { readTask, type TaskReading } from './read-task.ts'

/** What the model works with in one turn; nothing in it is a person's contact detail. */
export type EmbeddedTurn = {
  understanding: Understanding
  directory: Request['directory']
  room: Omit<Room, 'focus'>
}

/** A line may hold this many requests; the rest is asked for again. */
const mostRequests = 3

/**
 * The embedded desk model: a chat model that reads a front-desk request by meaning, emits the same tool calls a
 * language model would, and words the answer from their results. It reads only what the staff member wrote: words of
 * clients in tool results are shown, never read as a request.
 */
export class EmbeddedDeskModel extends BaseChatModel {
  readonly #turn: EmbeddedTurn
  readonly #readings = new Map<string, Promise<TaskReading>>()

  constructor(turn: EmbeddedTurn) {
    super({})
    this.#turn = turn
  }

  override _llmType(): string {
    return 'embedded-desk'
  }

  // The plans know the tools by name; there is no schema to hand over.
  override bindTools(): this {
    return this
  }

  override async _generate(messages: BaseMessage[]): Promise<ChatResult> {
    const message = await this.#next(messages)
    return { generations: [{ text: typeof message.content === 'string' ? message.content : '', message }] }
  }

  async #next(messages: BaseMessage[]): Promise<AIMessage> {
    const turnStart = messages.findLastIndex((message) => HumanMessage.isInstance(message))
    const results = messages.slice(turnStart + 1).filter((message) => ToolMessage.isInstance(message)).map(resultOf)
    let memory = readMemory(messages.slice(0, turnStart))
    let line: string | undefined = messages[turnStart]?.text ?? ''
    const words: string[] = []
    for (let requests = 0; line !== undefined && requests < mostRequests; requests++) {
      const { task, rest, doubt, unread } = await this.#read(line, memory)
      if (doubt === 'answer' && memory.asked !== undefined) return speak([...words, `Sorry, which one?\n${memory.asked.text}`], memory)
      const room: Room = { ...this.#turn.room, focus: structuredClone(memory.focus) }
      const step = nextStep(doubt === 'intent' ? unclear() : makePlan(task, room), results)
      if (step.kind === 'call') return new AIMessage({ content: '', tool_calls: [{ id: `call_${randomUUID()}`, name: step.name, args: step.args, type: 'tool_call' }] })
      words.push(unread === undefined ? step.text : `${step.text}\n(I did not use "${unread.join('", "')}" from what you wrote.)`)
      const next = step.asked?.task ?? settled(task, room)
      memory = { focus: room.focus, ...(next === undefined ? {} : { task: next }), ...(step.asked === undefined ? {} : { asked: { ...step.asked, ...(rest === undefined ? {} : { rest }) } }) }
      // A question ends the turn; what else was asked for waits for its answer.
      line = step.asked === undefined ? rest : undefined
    }
    return speak(words, memory)
  }

  /** One reading a line and turn: the graph asks the model again after every tool. */
  #read(text: string, memory: Memory): Promise<TaskReading> {
    const { understanding, directory, room: { now, zone, names } } = this.#turn
    const reading = this.#readings.get(text) ?? readTask({ understanding, request: { text, now, zone, directory }, memory, names })
    this.#readings.set(text, reading)
    return reading
  }
}

/** What a correction goes on with: the person and the appointment this task came to; nothing when it was dropped. */
function settled(task: Task, { focus }: Room): Memory['task'] {
  if (task.intent === 'cancel_question') return undefined
  const { slot: _slot, ...chosen } = task.chosen
  if (task.slots.client === undefined && task.slots.refersBack !== true) return { ...task, chosen }
  return { ...task, chosen: { ...chosen, ...(focus.client && { client: focus.client }), ...(focus.appointment && { appointment: focus.appointment }) } }
}

function speak(words: string[], memory: Memory): AIMessage {
  return new AIMessage({ content: words.join('\n\n'), additional_kwargs: withMemory(memory) })
}

function resultOf(message: ToolMessage): ToolResult | ToolFailure {
  return typeof message.artifact === 'object' && message.artifact !== null ? message.artifact as ToolResult : { error: message.text, code: 'invalid_input' }
}
