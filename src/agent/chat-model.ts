import type { ChatOpenAI } from '@langchain/openai'

export type LanguageModelSettings = { apiKey: string; baseUrl: string | undefined; model: string }

/**
 * A chat model behind any OpenAI-compatible endpoint. `timeoutMs` is for one call; a call that failed in a way that may
 * pass is tried once more. The package is loaded at first use: it takes a fifth of a second.
 */
export async function openChatModel({ settings, timeoutMs, maxTokens, retries = 1 }: { settings: LanguageModelSettings; timeoutMs: number; maxTokens: number; retries?: number }): Promise<ChatOpenAI> {
  const { ChatOpenAI } = await import('@langchain/openai')
  return new ChatOpenAI({
    model: settings.model,
    apiKey: settings.apiKey,
    timeout: timeoutMs,
    maxRetries: retries,
    maxTokens,
    temperature: 0,
    ...(settings.baseUrl === undefined ? {} : { configuration: { baseURL: settings.baseUrl } }),
  })
}
