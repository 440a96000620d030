"""The text of a scrape: what all processes counted, and what was asked for at the moment of the scrape."""

import asyncio
from collections.abc import Iterable, Mapping

from prometheus_client import REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from watching.sharing import reading, shared_folder

Gauges = Mapping[str, tuple[str, str, Mapping[str, float]]]
"""By name: what the gauge is, its label ("" for none), and the values by what the label says."""


class _Asked(Collector):
    """Gauges of the whole service, the same whichever process is asked."""

    def __init__(self, gauges: Gauges) -> None:
        self._gauges = gauges

    def collect(self) -> Iterable[Metric]:
        for name, (about, label, values) in self._gauges.items():
            family = GaugeMetricFamily(name, about, labels=[label] if label else [])
            for says, value in values.items():
                family.add_metric([says] if label else [], value)
            yield family


async def scraped(gauges: Gauges) -> bytes:
    """The metrics in Prometheus's text format. A thread puts them together: requests go on meanwhile."""
    return await asyncio.to_thread(_text, gauges)


def _text(gauges: Gauges) -> bytes:
    asked = CollectorRegistry()
    asked.register(_Asked(gauges))
    folder = shared_folder()
    if folder is None:
        return generate_latest(REGISTRY) + generate_latest(asked)
    everything = CollectorRegistry()
    MultiProcessCollector(everything, str(folder))
    with reading(folder):
        counted = generate_latest(everything)
    return counted + generate_latest(asked)
