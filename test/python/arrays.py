"""Writes test/golden/arrays by NumPy itself: `python test/python/arrays.py`, with the NumPy of requirements.txt.

types.npz has an array for every type, byte order and memory order that is read, deflated; expected.json has the values of
each type as NumPy reads them. The other files are the versions of the format, and what is refused.
"""

import json
import pathlib
import zipfile

import numpy as np

FOLDER = pathlib.Path(__file__).parent.parent / "golden" / "arrays"
TYPES = ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8"]
SHAPE = (12, 2, 3)


def values(code):
    """Numbers that a wrong byte order, sign or rounding would change; 2**53 - 1 for the widest integers."""
    dtype = np.dtype(code)
    count = int(np.prod(SHAPE))
    if dtype.kind == "b":
        return np.arange(count).reshape(SHAPE) % 3 == 0
    if dtype.kind == "f":
        many = np.sin(np.arange(count)) * 10.0 ** (np.arange(count) % 9 - 4)
        many[0], many[1], many[2] = -0.0, np.finfo(dtype).max, np.finfo(dtype).smallest_subnormal
        return many.reshape(SHAPE).astype(dtype)
    info = np.iinfo(dtype)
    low, high = max(info.min, -(2**53) + 1), min(info.max, 2**53 - 1)
    return np.array([low + (high - low) * i // (count - 1) for i in range(count)], dtype).reshape(SHAPE)


def save(name, array, version=None):
    with open(FOLDER / name, "wb") as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=True)


FOLDER.mkdir(parents=True, exist_ok=True)
arrays, expected = {}, {}
for code in TYPES:
    for byte_order in "<>":
        for memory_order in "CF":
            array = values(code).astype(np.dtype(code).newbyteorder(byte_order)).copy(order=memory_order)
            name = f"{np.dtype(code).name}-{'little' if byte_order == '<' else 'big'}-{memory_order}"
            if np.dtype(code).itemsize == 1 and byte_order == ">":
                continue
            arrays[name] = array
            expected[np.dtype(code).name] = [float(value) for value in array.ravel(order="C")]
arrays["y"] = np.arange(12) % 3
np.savez_compressed(FOLDER / "types.npz", **arrays)

x = values("f4")[:, :, 0]
np.savez(FOLDER / "stored.npz", x=x, y=np.arange(12) % 2, name=np.array(["text"] * 12))
save("x-version-1.npy", x, (1, 0))
save("x-version-2.npy", x, (2, 0))
save("x-version-3.npy", x, (3, 0))
save("labels.npy", np.arange(12) % 3 - 1)
save("one-hot.npy", np.eye(3, dtype="f4")[np.arange(12) % 3])
save("numbers.npy", np.linspace(0, 1, 12).reshape(12, 1))
save("objects.npy", np.array([{"a": 1}] * 12, dtype=object))
save("records.npy", np.zeros(12, dtype=[("a", "<f4"), ("b", "<i4")]))
save("text.npy", np.array(["cat", "dog"] * 6))
save("complex.npy", np.ones(12, dtype=complex))
save("dates.npy", np.zeros(12, dtype="M8[s]"))
save("long-double.npy", np.zeros(12, dtype=np.longdouble))
save("int64-too-large.npy", np.array([*range(11), 2**53 + 1]).reshape(12, 1))
expected["x"] = [float(value) for value in x.ravel()]
(FOLDER / "expected.json").write_text(json.dumps({"numpy": np.__version__, "arrays": expected}))

# A zip that needs its 64-bit fields: NumPy asks for them for every array, and here also the directory has them.
zipfile.ZIP64_LIMIT = 16
zipfile.ZIP_FILECOUNT_LIMIT = 1
np.savez_compressed(FOLDER / "zip64.npz", x=x, y=np.arange(12) % 2)
