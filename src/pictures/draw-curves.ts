import type { TopLevelSpec } from 'vega-lite'
import { loadFonts } from './font-face.ts'
import { toPng } from './paint.ts'
import { page } from './palette.ts'

/** A point of a curve with its interval; x and y are shares, 0 to 1. */
export type CurvePoint = { panel: string; line: string; x: number; y: number; low: number; high: number }
export type Curves = { title: string; subtitle: string[]; xTitle: string; yTitle: string; panels: string[]; lines: { name: string; colour: string; dash: number[]; width: number }[]; points: CurvePoint[]; mark?: { x: number; label: string } }

/** Curves of shares side by side, a panel each, every point with its interval as a band. The same curves give the same bytes. */
export async function drawCurves(curves: Curves): Promise<{ png: Buffer; width: number; height: number }> {
  return toPng({ spec: chart(curves), fonts: await loadFonts() })
}

function chart({ title, subtitle, xTitle, yTitle, panels, lines, points, mark }: Curves): TopLevelSpec {
  const names = lines.map(({ name }) => name)
  const colour = { field: 'line', type: 'nominal' as const, sort: names, scale: { domain: names, range: lines.map((line) => line.colour) } }
  const legend = { orient: 'bottom' as const, direction: 'horizontal' as const, title: null, symbolType: 'stroke', symbolSize: 500, symbolStrokeWidth: 2.5, columns: names.length, labelLimit: 300, columnPadding: 10 }
  const x = { field: 'x', type: 'quantitative' as const, title: xTitle, axis: { format: '.0%', grid: false, tickCount: 5 }, scale: { domain: [0, 0.41], nice: false } }
  const y = { field: 'y', type: 'quantitative' as const, title: yTitle, axis: { format: '.0%', tickCount: 6 }, scale: { domain: [0, 1] } }
  const text = { font: 'DejaVu Sans', labelFont: 'DejaVu Sans', titleFont: 'DejaVu Sans', labelFontSize: 13, titleFontSize: 14, labelColor: page.faint, titleColor: page.ink, titleFontWeight: 'normal' as const }
  const rule = mark === undefined ? [] : [
    { data: { values: [mark] }, mark: { type: 'rule' as const, stroke: page.faint, strokeDash: [2, 3] }, encoding: { x: { field: 'x', type: 'quantitative' as const } } },
    { data: { values: [mark] }, mark: { type: 'text' as const, align: 'left' as const, dx: 5, y: 'height' as const, dy: -9, font: 'DejaVu Sans', fontSize: 12, fill: page.faint }, encoding: { x: { field: 'x', type: 'quantitative' as const }, text: { field: 'label', type: 'nominal' as const } } },
  ]
  const panel = (name: string) => ({
    title: { text: name, anchor: 'start' as const, font: 'DejaVu Sans', fontSize: 15, fontWeight: 'bold' as const, color: page.ink, offset: 8 },
    width: 330, height: 300, data: { values: points.filter(({ panel }) => panel === name).map((point) => Object.assign({ fill: lines.find(({ name: line }) => line === point.line)?.colour }, point)) },
    layer: [
      ...rule,
      { mark: { type: 'area' as const, opacity: 0.12 }, encoding: { x, y: { ...y, field: 'low' }, y2: { field: 'high' }, fill: { field: 'fill', type: 'nominal' as const, scale: null } } },
      {
        mark: { type: 'line' as const, point: { size: 28, filled: true } },
        encoding: {
          x, y, color: { ...colour, legend },
          strokeDash: { field: 'line', type: 'nominal' as const, sort: names, scale: { domain: names, range: lines.map(({ dash }) => dash) }, legend },
          strokeWidth: { field: 'line', type: 'nominal' as const, sort: names, scale: { domain: names, range: lines.map(({ width }) => width) }, legend },
        },
      },
    ],
  })
  return {
    background: page.ground, padding: 22, spacing: 34,
    title: { text: title, subtitle, anchor: 'start', font: 'DejaVu Sans', fontSize: 20, fontWeight: 'bold', color: page.ink, subtitleFont: 'DejaVu Sans', subtitleFontSize: 13.5, subtitleColor: page.faint, subtitlePadding: 6, subtitleLineHeight: 19, offset: 18 },
    hconcat: panels.map(panel),
    config: { view: { stroke: page.grid }, axis: { ...text, gridColor: page.grid, domainColor: page.line, tickColor: page.line }, legend: { labelFont: 'DejaVu Sans', labelFontSize: 13.5, labelColor: page.ink } },
  }
}
