import type { TopLevelSpec } from 'vega-lite'
import type { FontFaces } from './font-face.ts'

/** Where across: minutes from the left end of the day's axis, also before and after it. Where down: pixels. */
export type Box = { x: number; x2: number; y: number; y2: number; fill: string; stroke: string; strokeWidth: number; dash: number[]; round: number }
export type Rule = { x: number; x2: number; y: number; y2: number; stroke: string; strokeWidth: number }
export type Text = { x: number; y: number; text: string; size: number; bold: boolean; align: 'left' | 'center' | 'right'; angle: 0 | 270; fill: string }

/** A picture in five layers, the lowest first. `minutes` are drawn between the pixels `left` and `right`. */
export type Drawing = { width: number; height: number; left: number; right: number; minutes: number; ground: Box[]; grid: Rule[]; bars: Box[]; marks: Rule[]; labels: Box[]; texts: Text[] }

/** More pixels than the layout counts, for sharp screens; twice as many would double the time of drawing. */
const zoom = 1.5

/** Draws by Vega-Lite and Vega to SVG, and by resvg to PNG with our own fonts only. The same drawing gives the same bytes. */
export async function paint({ drawing, fonts }: { drawing: Drawing; fonts: FontFaces }): Promise<{ png: Buffer; width: number; height: number }> {
  return toPng({ spec: chart(drawing), fonts })
}

/** Any chart of Vega-Lite, drawn the same way. */
export async function toPng({ spec, fonts }: { spec: TopLevelSpec; fonts: FontFaces }): Promise<{ png: Buffer; width: number; height: number }> {
  // Loading them takes a third of a second and 25 MB: only who draws pays for it.
  const [{ compile }, { parse, View }, { renderAsync }] = await Promise.all([import('vega-lite'), import('vega'), import('@resvg/resvg-js')])
  const view = new View(parse(compile(spec).spec), { renderer: 'none' })
  const svg = await view.toSVG()
  view.finalize()
  const image = await renderAsync(svg, {
    font: { loadSystemFonts: false, fontFiles: [fonts.regular.file, fonts.bold.file], defaultFontFamily: 'DejaVu Sans', sansSerifFamily: 'DejaVu Sans' },
    fitTo: { mode: 'zoom', value: zoom },
    background: '#ffffff',
    logLevel: 'off',
  })
  return { png: image.asPng(), width: image.width, height: image.height }
}

function chart({ width, height, left, right, minutes, ground, grid, bars, marks, labels, texts }: Drawing): TopLevelSpec {
  const across = { type: 'quantitative' as const, axis: null, scale: { domain: [0, minutes], range: [left, right], nice: false, zero: false } }
  const down = { type: 'quantitative' as const, axis: null, scale: { domain: [0, height], range: [0, height], nice: false, zero: false } }
  const place = { x: { field: 'x', ...across }, y: { field: 'y', ...down } }
  const span = { ...place, x2: { field: 'x2' }, y2: { field: 'y2' } }
  const fill = { fill: { field: 'fill', type: 'nominal' as const, scale: null } }
  const stroke = { stroke: { field: 'stroke', type: 'nominal' as const, scale: null }, strokeWidth: { field: 'strokeWidth', type: 'quantitative' as const, scale: null } }
  const boxes = (values: Box[]) => ({
    data: { values },
    mark: { type: 'rect' as const, cornerRadius: { expr: 'datum.round' }, strokeDash: { expr: 'datum.dash' } },
    encoding: { ...span, ...fill, ...stroke },
  })
  const rules = (values: Rule[]) => ({ data: { values }, mark: { type: 'rule' as const }, encoding: { ...span, ...stroke } })
  const text = {
    data: { values: texts },
    mark: {
      type: 'text' as const, font: 'DejaVu Sans', baseline: 'alphabetic' as const,
      fontSize: { expr: 'datum.size' }, fontWeight: { expr: 'datum.bold ? 700 : 400' }, align: { expr: 'datum.align' }, angle: { expr: 'datum.angle' },
    },
    encoding: { ...place, text: { field: 'text', type: 'nominal' as const }, ...fill },
  }
  const layer = [boxes(ground), rules(grid), boxes(bars), rules(marks), boxes(labels), text]
  return { width, height, padding: 0, autosize: 'none', background: '#ffffff', config: { view: { stroke: null } }, layer }
}
