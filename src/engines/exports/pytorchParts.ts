/**
 * The parts of an exported PyTorch script that do the same as core does, in Python: `Random` of numerics/random.ts,
 * `split` of training/table.ts, `initialise`, and the loop of `Session`. The check in test/python compares their numbers.
 */

export const RANDOM = `class Random:
    """The study's random numbers: xoshiro128**, its state filled by splitmix32 from the seed and a stream's name."""

    def __init__(self, seed, stream):
        state = seed
        for letter in stream:
            state = (state ^ ord(letter)) * 0x01000193 & 0xFFFFFFFF
        self.state = []
        for _ in range(4):
            state = (state + 0x9E3779B9) & 0xFFFFFFFF
            z = (state ^ (state >> 16)) * 0x21F0AAAD & 0xFFFFFFFF
            z = (z ^ (z >> 15)) * 0x735A2D97 & 0xFFFFFFFF
            self.state.append(z ^ (z >> 15))
        if not any(self.state):
            self.state[0] = 1
        self.spare = None

    def uint32(self):
        a, b, c, d = self.state
        product = b * 5 & 0xFFFFFFFF
        result = ((product << 7 | product >> 25) & 0xFFFFFFFF) * 9 & 0xFFFFFFFF
        t = b << 9 & 0xFFFFFFFF
        c ^= a
        d ^= b
        b ^= c
        a ^= d
        c ^= t
        self.state = [a, b, c, (d << 11 | d >> 21) & 0xFFFFFFFF]
        return result

    def uniform(self):
        return ((self.uint32() >> 5) * 67108864 + (self.uint32() >> 6)) / 9007199254740992

    def normal(self):
        if self.spare is not None:
            value, self.spare = self.spare, None
            return value
        while True:
            u = 2 * self.uniform() - 1
            v = 2 * self.uniform() - 1
            s = u * u + v * v
            if 0 < s < 1:
                scale = math.sqrt(-2 * math.log(s) / s)
                self.spare = v * scale
                return u * scale

    def shuffle(self, items):
        for i in range(len(items) - 1, 0, -1):
            j = math.floor(self.uniform() * (i + 1))
            items[i], items[j] = items[j], items[i]`;

export const SPLIT = `def split(seed):
    """(inputs, targets) for training and for validation, standardised by the training part; the same share of each class."""
    inputs, targets = ROWS[:, :-1], ROWS[:, -1]
    groups = [[] for _ in range(max(1, CLASSES))]
    for i, target in enumerate(targets.tolist()):
        groups[int(target) if CLASSES else 0].append(i)
    random = Random(seed, "split")
    held = set()
    for members in groups:
        if not members:
            continue
        random.shuffle(members)
        count = max(1 if len(members) > 1 else 0, math.floor(len(members) * VALIDATION + 0.5))
        held.update(members[: min(len(members) - 1, count)])
    training = [i for i in range(len(targets)) if i not in held]
    inputs = standardised(inputs, training)
    if not CLASSES:
        targets = standardised(targets[:, None], training)[:, 0]
    return [(inputs[part], targets[part]) for part in (training, sorted(held))]


def standardised(values, rows):
    part = values[rows]
    deviation = part.std(0, correction=0)
    constant = part.amax(0) == part.amin(0)
    return torch.where(constant, 0.0, (values - part.mean(0)) / torch.where(constant, 1.0, deviation))`;

export const NETWORK = `def network(make, gain, seed):
    """Linear layers with the activation between them, its parameters learned layer by layer."""
    widths = [FEATURES, *HIDDEN, OUTPUTS]
    layers = [nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    for i, layer in enumerate(layers):
        random = Random(seed, f"initialise {i}")
        last = i == len(layers) - 1  # noqa: F841
        with torch.no_grad():
            weights = [$DRAW for _ in range(layer.weight.numel())]
            layer.weight.copy_(torch.tensor(weights).reshape(layer.weight.shape))
            layer.bias.copy_(torch.tensor([$BIAS for _ in range(layer.out_features)]))
    return nn.Sequential(*(part for layer in layers[:-1] for part in (layer, make())), layers[-1])`;

export const TRAIN = `def loss_of(outputs, targets):
    return $LOSS


def accuracy_of(outputs, targets):
    return $RIGHT


def train(label, seed):
    """Validation loss and accuracy after the last epoch; None where the run diverged."""
    make, gain, rate = ACTIVATIONS[label]
    (inputs, targets), (held_inputs, held_targets) = split(seed)
    model = network(make, gain, seed)
    optimizer = $OPTIMIZER
    for epoch in range(EPOCHS):
        order = list(range(len(targets)))
        Random(seed, f"order {epoch}").shuffle(order)
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            loss = loss_of(model(inputs[batch]), targets[batch])
            if not math.isfinite(loss.item()):
                return None
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        outputs = model(held_inputs)
        return loss_of(outputs, held_targets).item(), accuracy_of(outputs, held_targets)`;

export const REPORT = `def interval(values, digits, scale=1):
    """The mean, and the half-width of its 95 % interval by Student's t."""
    if not values:
        return "–"
    n = len(values)
    mean = sum(values) / n
    if n == 1:
        return f"{scale * mean:.{digits}f}"
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return f"{scale * mean:.{digits}f} ± {scale * T95[n - 2] * math.sqrt(variance / n):.{digits}f}"


def main():
    lines = [["activation", "runs", "diverged", "validation loss", *(["accuracy %"] if CLASSES else [])]]
    for label in ACTIVATIONS:
        results = [train(label, seed) for seed in SEEDS]
        done = [result for result in results if result is not None]
        line = [label, str(len(done)), str(len(results) - len(done)), interval([loss for loss, _ in done], 4)]
        lines.append([*line, *([interval([accuracy for _, accuracy in done], 1, 100)] if CLASSES else [])])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())`;
