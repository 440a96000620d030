"""ICC profiles of version 2, made from what they are to say; CI needs no files of other programs."""

import struct

D65, PCS = (0.3127, 0.3290), (0.9642, 1.0, 0.8249)
Matrix = list[list[float]]
_BRADFORD: Matrix = [[0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296]]

DISPLAY_P3 = ((0.680, 0.320), (0.265, 0.690), (0.150, 0.060))
ADOBE_RGB = ((0.64, 0.33), (0.21, 0.71), (0.15, 0.06))


def rgb_profile(primaries: tuple[tuple[float, float], ...], gamma: float, name: str = "test") -> bytes:
    """The profile of a display with these primaries, the white D65 and this gamma."""
    columns = _colorants(primaries)
    tags = {f"{channel}XYZ": _xyz(column) for channel, column in zip("rgb", columns, strict=True)}
    curves = {f"{channel}TRC": _gamma(gamma) for channel in "rgb"}
    return _profile("mntr", "RGB ", "XYZ ", name, {**tags, **curves})


def grey_profile(gamma: float) -> bytes:
    """The profile of a grey scale of this gamma."""
    return _profile("mntr", "GRAY", "XYZ ", "test", {"kTRC": _gamma(gamma)})


def cmyk_profile() -> bytes:
    """The profile of a press whose four inks are neutral: paper is white, and each of them takes L from it."""
    grid = []
    for node in range(16):  # the first ink varies slowest
        light = max(0.0, 100 - sum(ink for bit, ink in enumerate((80, 10, 20, 30)) if node & (1 << bit)))
        grid += [round(light / 100 * 0xFF00), 0x8000, 0x8000]
    identity = [1, 0, 0, 0, 1, 0, 0, 0, 1]
    table = b"mft2\0\0\0\0" + struct.pack(">BBBx", 4, 3, 2) + b"".join(struct.pack(">i", one << 16) for one in identity)
    table += struct.pack(">HH", 2, 2) + struct.pack(">8H", *([0, 0xFFFF] * 4))
    table += struct.pack(f">{len(grid)}H", *grid) + struct.pack(">6H", *([0, 0xFFFF] * 3))
    return _profile("prtr", "CMYK", "Lab ", "test", {"A2B0": table})


def _profile(device: str, space: str, connection: str, name: str, tags: dict[str, bytes]) -> bytes:
    described = name.encode() + b"\0"
    text = b"desc\0\0\0\0" + struct.pack(">I", len(described)) + described + bytes(78)
    content = {"desc": text, "wtpt": _xyz(PCS), "cprt": b"text\0\0\0\0none\0", **tags}
    directory, data = struct.pack(">I", len(content)), b""
    begin = 128 + 4 + 12 * len(content)
    for tag, value in content.items():
        directory += tag.encode() + struct.pack(">II", begin + len(data), len(value))
        data += value + bytes(-len(value) % 4)
    header = struct.pack(">I4xI", begin + len(data), 0x02400000) + (device + space + connection).encode()
    header += struct.pack(">6H", 2026, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(PCS)
    return header.ljust(128, b"\0") + directory + data


def _fixed(values: tuple[float, ...]) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(values: tuple[float, ...]) -> bytes:
    return b"XYZ \0\0\0\0" + _fixed(values)


def _gamma(value: float) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(value * 256))


def _colorants(primaries: tuple[tuple[float, float], ...]) -> list[tuple[float, ...]]:
    """The XYZ of each primary at full strength, adapted from D65 to the white of profiles."""
    at_one = [(x / y, 1.0, (1 - x - y) / y) for x, y in primaries]
    white = (D65[0] / D65[1], 1.0, (1 - D65[0] - D65[1]) / D65[1])
    columns = [[row[index] for row in at_one] for index in range(3)]
    strengths = _times(_inverse(columns), white)
    gains = [pcs / source for pcs, source in zip(_times(_BRADFORD, PCS), _times(_BRADFORD, white), strict=True)]
    adapted = []
    for primary, strength in zip(at_one, strengths, strict=True):
        cone = _times(_BRADFORD, tuple(value * strength for value in primary))
        adapted.append(_times(_inverse(_BRADFORD), tuple(c * g for c, g in zip(cone, gains, strict=True))))
    return adapted


def _times(matrix: Matrix, vector: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def _inverse(matrix: Matrix) -> Matrix:
    (a, b, c), (d, e, f), (g, h, i) = matrix
    cofactors = [
        [e * i - f * h, c * h - b * i, b * f - c * e],
        [f * g - d * i, a * i - c * g, c * d - a * f],
        [d * h - e * g, b * g - a * h, a * e - b * d],
    ]
    determinant = a * cofactors[0][0] + b * cofactors[1][0] + c * cofactors[2][0]
    return [[value / determinant for value in row] for row in cofactors]
