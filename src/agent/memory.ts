import type { BaseMessage } from '@langchain/core/messages'
import type { Asked, Focus, Task } from './plan/plan.ts'

/** What the embedded brain remembers from turn to turn; kept with its last message of each turn. */
export type Memory = {
  /** The question that waits for an answer. */
  asked?: Asked
  /** What was asked for last, so that "actually make it 4" can change it. */
  task?: Task
  focus: Focus
}

/** The memory left by the last turn that left one. */
export function readMemory(messages: BaseMessage[]): Memory {
  for (const message of messages.toReversed()) {
    const kept = message.additional_kwargs['desk']
    if (kept !== undefined) return kept as Memory
  }
  return { focus: {} }
}

export function withMemory(memory: Memory): { desk: Memory } {
  return { desk: memory }
}
