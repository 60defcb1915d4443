import type { BaseMessage } from '@langchain/core/messages'
import type { DynamicStructuredTool } from '@langchain/core/tools'
import type { Person } from '../approvals/roles.ts'
import type { Logger } from '../logger.ts'
import type { Catalog } from '../salon/salon.ts'
import type { Clock, Zone } from '../salon/time.ts'
import type { Store } from '../store/open-store.ts'
import type { AgentEvent } from './agent.ts'
import type { TurnRecord } from './turn-record.ts'

export type LanguageModelSettings = { apiKey: string; baseUrl: string | undefined; model: string }

export type RemoteTurn = {
  messages: BaseMessage[]
  tools: DynamicStructuredTool[]
  record: TurnRecord
  person: Person
  catalog: Catalog
  zone: Zone
  locationId?: string | undefined
  onEvent?: ((event: AgentEvent) => void) | undefined
  signal?: AbortSignal | undefined
}

export type RemoteBrain = {
  name: string
  turn(turn: RemoteTurn): Promise<{ ok: true; messages: BaseMessage[]; prose: string; notes: string[] } | { ok: false; note: string }>
}

export function openRemoteBrain({ settings }: { settings: LanguageModelSettings; store: Store; clock: Clock; logger: Logger }): RemoteBrain {
  return { name: settings.model, turn: async () => ({ ok: false, note: 'the language model did not answer; I\'m answering on my own' }) }
}
