/** Runs beside the page, where the browser handles sound: hands over what the microphone hears, in pieces of about a twentieth of a second. */
declare class AudioWorkletProcessor { readonly port: MessagePort }
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void

const framesAtOnce = 2_048

registerProcessor('hear-frames', class extends AudioWorkletProcessor {
  private piece = new Float32Array(framesAtOnce)
  private filled = 0

  /** Called by the browser with 128 frames of each channel; the first is enough, it was asked for one. */
  process([input]: Float32Array[][]): boolean {
    const [channel] = input ?? []
    if (channel === undefined) return true
    this.piece.set(channel, this.filled)
    this.filled += channel.length
    if (this.filled + channel.length > framesAtOnce) {
      const piece = this.piece.slice(0, this.filled)
      this.port.postMessage(piece, [piece.buffer])
      this.filled = 0
    }
    return true
  }
})
