// The types as a picture: dragged, zoomed, and walked through by the arrow keys.
import { select } from 'd3-selection';
import { zoom, zoomIdentity } from 'd3-zoom';
import { useEffect, useRef } from 'react';
import { t } from '../language.js';
import { neighbour } from './layout.js';

export function Picture({ nodes, links, box, chosen, onChoose }) {
  const svg = useRef(null);
  const ground = useRef(null);
  const zooming = useRef(null);
  useEffect(() => {
    zooming.current = zoom().scaleExtent([0.5, 6]).on('zoom', ({ transform }) => ground.current.setAttribute('transform', transform));
    select(svg.current).call(zooming.current);
  }, []);
  const run = (...change) => select(svg.current).call(...change);
  const touched = new Set(links.flatMap(({ source, target }) => (source.id === chosen ? [target.id] : target.id === chosen ? [source.id] : [])));
  const first = nodes.some(({ id }) => id === chosen) ? chosen : nodes[0].id; // what the tab key stops at

  function walk(event, node) {
    if (event.key === 'Enter' || event.key === ' ') onChoose(node.id);
    else if (event.key.startsWith('Arrow')) {
      const next = neighbour(nodes, node, event.key);
      onChoose(next.id);
      svg.current.querySelector(`[data-type="${next.id}"]`).focus();
    } else return;
    event.preventDefault();
  }

  return (
    <div className="map-picture">
      <div className="map-zoom" role="group" aria-label={t('map.zoom')}>
        <button type="button" className="in-button" aria-label={t('map.zoomIn')} onClick={() => run(zooming.current.scaleBy, 1.4)}>+</button>
        <button type="button" className="in-button" aria-label={t('map.zoomOut')} onClick={() => run(zooming.current.scaleBy, 1 / 1.4)}>−</button>
        <button type="button" className="in-button" onClick={() => run(zooming.current.transform, zoomIdentity)}>{t('map.all')}</button>
      </div>
      <svg ref={svg} viewBox={box.join(' ')} role="group" aria-label={t('map.picture')} className={chosen ? 'is-chosen' : ''}>
        <g ref={ground}>
          {links.map(({ source, target }) => (
            <line
              key={`${source.id} ${target.id}`}
              x1={source.x} y1={source.y} x2={target.x} y2={target.y}
              className={source.id === chosen || target.id === chosen ? 'is-near' : ''}
            />
          ))}
          {nodes.map((node) => (
            <g
              key={node.id}
              role="button"
              tabIndex={node.id === first ? 0 : -1}
              aria-label={t('map.type', { name: node.id, area: t(`area.${node.area.name}`), count: node.type.fields.length })}
              aria-pressed={node.id === chosen}
              data-type={node.id}
              className={node.id === chosen ? 'is-it' : touched.has(node.id) ? 'is-near' : ''}
              transform={`translate(${node.x - node.width / 2} ${node.y - node.height / 2})`}
              onClick={() => onChoose(node.id)}
              onKeyDown={(event) => walk(event, node)}
            >
              <rect width={node.width} height={node.height} rx="6" fill={node.area.colour} />
              <text x={node.width / 2} y={node.height / 2} dy="0.35em" textAnchor="middle">{node.id}</text>
            </g>
          ))}
        </g>
      </svg>
    </div>
  );
}
