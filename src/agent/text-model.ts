import { HumanMessage, SystemMessage } from '@langchain/core/messages'
import type { TextModel } from '../prompts/text-model.ts'
import { DeskError } from '../salon/errors.ts'
import { type LanguageModelSettings, openChatModel } from './chat-model.ts'

/** A language model for wording only: no tools, no memory. Throws `DeskError('unavailable')` when it does not answer. */
export function openTextModel(settings: LanguageModelSettings): TextModel {
  return {
    async complete({ system, user, maxTokens = 600, signal }) {
      const model = await openChatModel({ settings, timeoutMs: 20_000, maxTokens })
      const answer = await model.invoke([new SystemMessage(system), new HumanMessage(user)], signal === undefined ? {} : { signal }).catch((cause: unknown) => {
        throw new DeskError('unavailable', { message: 'the language model failed', userMessage: 'The language model does not answer right now.', cause })
      })
      return answer.text
    },
  }
}
