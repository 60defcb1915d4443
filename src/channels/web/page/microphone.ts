import { resample } from '../../../speech/resample.ts'

/** Two minutes: what the desk listens to at most. */
export const mostSeconds = 120
const wavRate = 16_000

/** A recording that is under way. */
export type Recording = {
  /** Ends it, gives the microphone back, and answers what was heard as a WAV file (16 kHz, 16 bits, one channel). */
  stop(): Promise<Uint8Array<ArrayBuffer>>
  /** Ends it and forgets it. */
  drop(): void
}

/** Why there is no recording, in words for whoever wanted one. */
export class NoMicrophone extends Error {}

/**
 * Asks for the microphone and records until it is stopped. `onSound` is told how loud it is (0 to 1) and how many seconds there
 * are, about twenty times a second; `onEnd` that no more comes: two minutes are full, or the microphone was unplugged.
 * Throws `NoMicrophone`.
 */
export async function record({ onSound, onEnd }: { onSound: (heard: { loudness: number; seconds: number }) => void; onEnd: () => void }): Promise<Recording> {
  const stream = await askForMicrophone()
  const context = new AudioContext()
  const give = (): void => {
    for (const track of stream.getTracks()) track.stop()
    void context.close().catch(() => {})
  }
  try {
    await context.audioWorklet.addModule(new URL('./hear-frames.ts', import.meta.url))
    await context.resume()
  } catch {
    give()
    throw new NoMicrophone('This browser cannot record here. Type instead.')
  }
  const { sampleRate } = context
  const most = mostSeconds * sampleRate
  const pieces: Float32Array[] = []
  let length = 0
  let isOver = false
  const hearing = new AudioWorkletNode(context, 'hear-frames', { numberOfOutputs: 0 })
  hearing.port.addEventListener('message', ({ data }: MessageEvent<Float32Array>) => {
    if (isOver) return
    pieces.push(data)
    length += data.length
    onSound({ loudness: loudnessOf(data), seconds: Math.min(mostSeconds, length / sampleRate) })
    if (length >= most) onEnd()
  })
  hearing.port.start()
  context.createMediaStreamSource(stream).connect(hearing)
  for (const track of stream.getTracks()) track.addEventListener('ended', () => { if (!isOver) onEnd() })
  const end = (): void => {
    isOver = true
    give()
  }
  return {
    drop: end,
    async stop() {
      end()
      const samples = await new Blob(pieces as Float32Array<ArrayBuffer>[]).arrayBuffer()
      return asWav(resample(new Float32Array(samples).subarray(0, most), { from: sampleRate, to: wavRate }))
    },
  }
}

async function askForMicrophone(): Promise<MediaStream> {
  // Browsers hide the microphone from pages that came over plain http from elsewhere.
  if (!isSecureContext) throw new NoMicrophone('Browsers give the microphone only to pages on this machine or behind https. Type instead.')
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } })
  } catch (error) {
    throw new NoMicrophone(wordsOf(error instanceof DOMException ? error.name : ''))
  }
}

function wordsOf(name: string): string {
  if (name === 'NotAllowedError' || name === 'SecurityError') return 'The browser does not let this page use the microphone. Allow it beside the address, or type instead.'
  if (name === 'NotFoundError' || name === 'OverconstrainedError') return 'There is no microphone on this machine. Type instead.'
  return 'The microphone cannot be used just now; perhaps another program has it. Type instead.'
}

/** From the quietest that shows to as loud as speech gets, by ear: in decibels. */
function loudnessOf(samples: Float32Array): number {
  const mean = samples.reduce((sum, value) => sum + value * value, 0) / samples.length
  return Math.max(0, Math.min(1, 1 + (10 * Math.log10(mean + 1e-9) + 10) / 50))
}

function asWav(samples: Float32Array): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(44 + samples.length * 2))
  const name = (at: number, letters: string): void => new Uint8Array(view.buffer).set(new TextEncoder().encode(letters), at)
  name(0, 'RIFF')
  view.setUint32(4, view.byteLength - 8, true)
  name(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true) // PCM
  view.setUint16(22, 1, true) // one channel
  view.setUint32(24, wavRate, true)
  view.setUint32(28, wavRate * 2, true)
  view.setUint16(32, 2, true)
  view.setUint16(34, 16, true)
  name(36, 'data')
  view.setUint32(40, samples.length * 2, true)
  for (const [i, value] of samples.entries()) view.setInt16(44 + i * 2, Math.max(-1, Math.min(1, value)) * 0x7fff, true)
  return new Uint8Array(view.buffer)
}
