import type { TextModel } from '../prompts/text-model.ts'
import type { ReplyContext, ReplyReading } from './reading.ts'

export async function secondReading({ reading }: { reading: ReplyReading; context: ReplyContext; secondReader: { name: string; model: TextModel } }): Promise<ReplyReading> {
  return Promise.resolve(reading)
}
