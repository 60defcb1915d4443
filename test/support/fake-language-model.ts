import { LLMock, type ChatCompletionRequest, type FixtureResponse } from '@copilotkit/aimock'
import type { LanguageModelSettings } from '../../src/agent/chat-model.ts'

/** What the fake answers: words, tool calls (arguments as JSON text, broken if a test wants it), an error, or nothing at all. */
export type FakeAnswer = { content: string } | { calls: { name: string; args: unknown }[] } | { brokenCall: { name: string; text: string } } | { status: number } | 'silence'

export type FakeLanguageModel = {
  settings: LanguageModelSettings
  requests: ChatCompletionRequest[]
  /** What a real endpoint would have refused: tool calls without a result, results without a call. */
  problems: string[]
  stop(): Promise<void>
}

/** An OpenAI-compatible server that plays `answer`; `step` counts the requests since the last line of a person. */
export async function fakeLanguageModel(answer: (step: number, request: ChatCompletionRequest) => FakeAnswer): Promise<FakeLanguageModel> {
  const mock = new LLMock({ port: 0 })
  const requests: ChatCompletionRequest[] = []
  const problems: string[] = []
  const silent: ((response: FixtureResponse) => void)[] = []
  mock.on({}, (request) => {
    requests.push(request)
    problems.push(...danglingCalls(request))
    const step = request.messages.length - 1 - request.messages.findLastIndex(({ role }) => role === 'user')
    const given = answer(request.messages.slice(-step || request.messages.length).filter(({ role }) => role === 'assistant').length, request)
    // Repeated ids would overwrite earlier messages of the history.
    const id = `chatcmpl-${requests.length}`
    if (given === 'silence') return new Promise<FixtureResponse>((resolve) => silent.push(resolve))
    if ('status' in given) return { error: { message: 'no' }, status: given.status }
    if ('content' in given) return { content: given.content, id }
    if ('brokenCall' in given) return { toolCalls: [{ id: `call-${requests.length}`, name: given.brokenCall.name, arguments: given.brokenCall.text }], id }
    return { toolCalls: given.calls.map(({ name, args }, index) => ({ id: `call-${requests.length}-${index}`, name, arguments: JSON.stringify(args) })), id }
  })
  await mock.start()
  return {
    settings: { apiKey: 'sk-test', baseUrl: `${mock.url}/v1`, model: 'fake-1' },
    requests,
    problems,
    async stop() {
      for (const resolve of silent) resolve({ content: 'too late' })
      await mock.stop()
    },
  }
}

function danglingCalls({ messages }: ChatCompletionRequest): string[] {
  const problems: string[] = []
  let open: string[] = []
  for (const message of messages) {
    if (message.role === 'tool') {
      if (!open.includes(message.tool_call_id ?? '')) problems.push(`a result without a call: ${message.tool_call_id}`)
      open = open.filter((id) => id !== message.tool_call_id)
      continue
    }
    if (open.length > 0) problems.push(`calls without results: ${open.join(', ')}`)
    open = message.tool_calls?.map(({ id }) => id) ?? []
  }
  return open.length > 0 ? [...problems, `calls without results at the end: ${open.join(', ')}`] : problems
}
