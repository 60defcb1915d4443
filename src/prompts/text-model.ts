/**
 * A language model that turns words into words: no tools, no memory. Used for wording only, and whatever it
 * writes is checked by code before a person sees it. Rejects on failure; `signal` ends a call that takes too long.
 */
export type TextModel = {
  complete(query: { system: string; user: string; maxTokens?: number; signal?: AbortSignal }): Promise<string>
}
