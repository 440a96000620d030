// Where the types stand: near those of their area and those they lead to, and never upon one another. The same schema has the same picture.
import { forceLink, forceManyBody, forceSimulation, forceX, forceY } from 'd3-force';

export const AREAS = [
  { name: 'people', colour: '#0072b2', at: [0, 0], parts: ['identity', 'notifications', 'audit'] },
  { name: 'recorder', colour: '#009e73', at: [-460, -230], parts: ['goals', 'journal', 'attendance', 'corrections', 'community', 'likes', 'teaching'] },
  { name: 'platform', colour: '#b35900', at: [460, -230], parts: ['platform'] },
  { name: 'signing', colour: '#a0456e', at: [-460, 240], parts: ['signing'] },
  { name: 'talent', colour: '#6a51a3', at: [460, 240], parts: ['talent'] },
  { name: 'statistics', colour: '#5c6470', at: [0, 330], parts: ['statistics'] },
  { name: 'shared', colour: '#8a6d00', at: [0, -310], parts: [] },
];
const SHARED = AREAS.at(-1);
const LETTER = 7.4;
const HEIGHT = 26;
const GAP = 12;

export const areaOf = ({ area }) => AREAS.find(({ parts }) => parts.includes(area)) ?? SHARED;

/** `nodes` with their place and size, `links` between them, and the `box` around all. */
export function layOut(types) {
  const nodes = types.filter(({ isDrawn }) => isDrawn).map((type) => ({ type, id: type.name, area: areaOf(type), width: type.name.length * LETTER + 20, height: HEIGHT }));
  const known = new Map(nodes.map((node) => [node.id, node]));
  const pairs = new Map();
  for (const { id, type } of nodes) {
    for (const { leadsTo } of type.fields) {
      if (known.has(leadsTo) && leadsTo !== id) pairs.set([id, leadsTo].join(' '), { source: known.get(id), target: known.get(leadsTo) });
    }
  }
  const links = [...pairs.values()];
  forceSimulation(nodes)
    .force('link', forceLink(links).distance(90).strength(({ source, target }) => (source.area === target.area ? 0.5 : 0.02)))
    .force('charge', forceManyBody().strength(-330))
    .force('x', forceX(({ area }) => area.at[0]).strength(0.16))
    .force('y', forceY(({ area }) => area.at[1]).strength(0.22))
    .stop()
    .tick(300);
  for (let round = 0; round < 200 && separate(nodes); round += 1);
  const left = Math.min(...nodes.map(({ x, width }) => x - width / 2)) - 20;
  const right = Math.max(...nodes.map(({ x, width }) => x + width / 2)) + 20;
  const top = Math.min(...nodes.map(({ y }) => y)) - 40;
  const bottom = Math.max(...nodes.map(({ y }) => y)) + 40;
  return { nodes, links, box: [left, top, right - left, bottom - top] };
}

/** Push apart whatever overlaps, by the shorter way; whether anything did. */
function separate(nodes) {
  let moved = false;
  for (const [position, one] of nodes.entries()) {
    for (const other of nodes.slice(position + 1)) {
      const across = (one.width + other.width) / 2 + GAP - Math.abs(one.x - other.x);
      const along = HEIGHT + GAP - Math.abs(one.y - other.y);
      if (across <= 0 || along <= 0) continue;
      moved = true;
      const [axis, by] = across < along ? ['x', across / 2] : ['y', along / 2];
      const sign = one[axis] < other[axis] ? -1 : 1;
      one[axis] += sign * by;
      other[axis] -= sign * by;
    }
  }
  return moved;
}

/** The node that an arrow key leads to: the nearest one in its direction. */
export function neighbour(nodes, from, key) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  const far = ({ x, y }) => {
    const ahead = (x - from.x) * dx + (y - from.y) * dy;
    const aside = Math.abs((x - from.x) * dy) + Math.abs((y - from.y) * dx);
    return ahead > 1 ? ahead + 2 * aside : Infinity;
  };
  const best = nodes.reduce((found, node) => (far(node) < far(found) ? node : found));
  return far(best) === Infinity ? from : best;
}
