import { AIMessage } from '@langchain/core/messages'
import { createMiddleware } from 'langchain'

/** Why a language model's turn was ended by us. `spent`: it used up a limit; `broken`: what it sent is no answer. */
export class ModelGaveUp extends Error {
  readonly reason: 'spent' | 'broken'

  constructor(reason: ModelGaveUp['reason'], message: string) {
    super(message)
    this.name = 'ModelGaveUp'
    this.reason = reason
  }
}

/** Checks every answer of a language model before anything is done with it, and counts its tokens. */
export function guardModel({ mostTokens, onTokens }: { mostTokens: number; onTokens: (total: number) => void }) {
  let total = 0
  return createMiddleware({
    name: 'GuardModel',
    wrapModelCall: async (request, handler) => {
      const answer = await handler(request)
      if (!AIMessage.isInstance(answer)) return answer
      total += answer.usage_metadata?.total_tokens ?? Math.ceil(answer.text.length / 4)
      onTokens(total)
      // Half-written arguments would be dropped silently and the call left hanging in the history.
      if ((answer.invalid_tool_calls?.length ?? 0) > 0) throw new ModelGaveUp('broken', 'the model sent a tool call that is not JSON')
      const calls = answer.tool_calls ?? []
      if (calls.length === 0 && answer.text.trim() === '') throw new ModelGaveUp('broken', 'the model sent an empty answer')
      if (calls.some(({ id }) => id === undefined || id === '')) throw new ModelGaveUp('broken', 'the model sent a tool call without an id')
      if (total > mostTokens && calls.length > 0) throw new ModelGaveUp('spent', 'the turn used up its tokens')
      return answer
    },
  })
}
