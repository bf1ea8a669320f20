/**
 * The parts of an exported PyTorch script that do the same as core does, in Python: `Random` of numerics/random.ts,
 * `split` of training/table.ts, `initialise`, `Network`, `keepFactors`, and the loop of `Session`. The check in test/python compares their numbers.
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
    """(inputs, targets) for training, validation and test, standardised by the training part; the same shares of each class."""
    inputs, targets = ROWS[:, :-1], ROWS[:, -1]
    groups = [[] for _ in range(max(1, CLASSES))]
    for i, target in enumerate(targets.tolist()):
        groups[int(target) if CLASSES else 0].append(i)
    random = Random(seed, "split")
    parts = [[], [], []]
    for members in groups:
        if not members:
            continue
        random.shuffle(members)
        n = len(members)
        held = min(n - 1, max(1 if n > 1 else 0, math.floor(n * VALIDATION + 0.5)))
        tested = min(n - 1 - held, max(1 if n > 2 else 0, math.floor(n * TEST + 0.5))) if TEST else 0
        for part, chosen in zip(parts, (members[held + tested :], members[:held], members[held : held + tested])):
            part.extend(chosen)
    training, validation, test = map(sorted, parts)
    inputs = standardised(inputs, training)
    if not CLASSES:
        targets = standardised(targets[:, None], training)[:, 0]
    return [(inputs[part], targets[part]) for part in (training, validation, test)]


def standardised(values, rows):
    """Mean 0 and deviation 1 over the rows; what is constant there becomes 0. Divided by a power of two first: no square overflows."""
    size = values[rows].abs().amax(0)
    values = values / torch.where(size > 0, torch.exp2(torch.log2(size).floor().clamp(max=1023)), 1.0)
    values = values - values[rows[0]]
    part = values[rows]
    deviation = part.std(0, correction=0)
    constant = part.amax(0) == part.amin(0)
    return torch.where(constant, 0.0, (values - part.mean(0)) / torch.where(constant, 1.0, deviation))`;

/** `$WEIGHTS` and `$BIAS` draw from `random`; `$HIDDEN` is a hidden layer of `layer` and `make()`. */
export const NETWORK = `def network(make, gain, seed):
    """Linear layers, each but the last with what follows it; the activation's parameters are learned layer by layer."""
    widths = [FEATURES, *HIDDEN, OUTPUTS]
    layers = [nn.Linear(a, b) for a, b in zip(widths, widths[1:])]
    for i, layer in enumerate(layers):
        random = Random(seed, f"initialise {i}")
        last = i == len(layers) - 1  # noqa: F841
        with torch.no_grad():
            layer.weight.copy_($WEIGHTS)
            layer.bias.copy_(torch.tensor([$BIAS for _ in range(layer.out_features)]))
    return nn.Sequential(*($HIDDEN for i, layer in enumerate(layers[:-1])), layers[-1])`;

export const ORTHOGONAL = `def orthogonal(random, rows, columns):
    """Orthonormal rows, or columns where there are fewer of them, by Gram-Schmidt, twice against rounding."""
    vectors = []
    while len(vectors) < min(rows, columns):
        vector = torch.tensor([random.normal() for _ in range(max(rows, columns))])
        for other in 2 * vectors:
            vector = vector - (vector @ other) * other
        vectors.append(vector / vector.norm())
    matrix = torch.stack(vectors)
    return matrix if rows <= columns else matrix.T`;

export const RESIDUAL = `class Residual(nn.Sequential):
    """What its parts make of the input, and the input added to it where both are equally wide."""

    def forward(self, x):
        y = super().forward(x)
        return x + y if x.shape == y.shape else y`;

export const DROPOUT = `class Dropout(nn.Module):
    """As nn.Dropout; whether a value is dropped is a hash of its number, keyed by seed, step and layer."""

    def __init__(self, seed, layer):
        super().__init__()
        self.seed, self.layer, self.step = seed, layer, 0

    def forward(self, x):
        if not self.training:
            return x
        random = Random(self.seed, f"dropout {self.step} {self.layer}")
        self.step += 1
        first, second = random.uint32(), random.uint32()
        z = torch.arange(x.numel()) * 0x9E3779B9 + first & 0xFFFFFFFF
        z = ((z ^ z >> 16) * 0x21F0AAAD & 0xFFFFFFFF) ^ second
        z = (z ^ z >> 15) * 0x735A2D97 & 0xFFFFFFFF
        kept = ((z ^ 0x80000000) >= math.floor(DROPOUT * 2**32)).reshape(x.shape)
        return x * torch.where(kept, 1 / (1 - DROPOUT), 0.0)`;

/** `$CLIP` and `$ADVANCE` are statements, or nothing. */
export const TRAIN = `def loss_of(outputs, targets):
    return $LOSS


def accuracy_of(outputs, targets):
    return $RIGHT


def train(label, seed):
    """Loss and accuracy after the last epoch on the samples held out, by the table's columns; None where the run diverged."""
    make, gain, rate = ACTIVATIONS[label]
    (inputs, targets), *held = split(seed)
    model = network(make, gain, seed)
    optimizer = $OPTIMIZER$SCHEDULER
    model.eval()
    with torch.no_grad():
        most_loss = DIVERGED * max(1.0, loss_of(model(inputs), targets).item())
    model.train()
    for epoch in range(EPOCHS):
        order = list(range(len(targets)))
        Random(seed, f"order {epoch}").shuffle(order)
        for start in range(0, len(order), BATCH_SIZE):
            batch = order[start : start + BATCH_SIZE]
            loss = loss_of(model(inputs[batch]), targets[batch])
            if not loss.item() < most_loss:
                return None
            optimizer.zero_grad()
            loss.backward()$CLIP
            optimizer.step()$ADVANCE
    model.eval()
    result = {}
    with torch.no_grad():
        for part, (inputs, targets) in zip(PARTS, held):
            outputs = model(inputs)
            result[f"{part} loss"] = loss_of(outputs, targets).item()
            if CLASSES:
                result[f"{part} accuracy %"] = 100 * accuracy_of(outputs, targets)
    return result if math.isfinite(result["validation loss"]) else None`;

export const REPORT = `def interval(values, digits):
    """The mean, and the half-width of its 95 % interval by Student's t."""
    if not values:
        return "–"
    n = len(values)
    mean = sum(values) / n
    if n == 1:
        return f"{mean:.{digits}f}"
    variance = sum((value - mean) ** 2 for value in values) / (n - 1)
    return f"{mean:.{digits}f} ± {T95[n - 2] * math.sqrt(variance / n):.{digits}f}"


def main():
    columns = [f"{part} {what}" for part in PARTS for what in (["loss", "accuracy %"] if CLASSES else ["loss"])]
    lines = [["activation", "runs", "diverged", *columns]]
    for label in ACTIVATIONS:
        results = [train(label, seed) for seed in SEEDS]
        done = [result for result in results if result is not None]
        means = [interval([result[one] for result in done], 4 if one.endswith("loss") else 1) for one in columns]
        lines.append([label, str(len(done)), str(len(results) - len(done)), *means])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(text.ljust(width) for text, width in zip(line, widths)).rstrip())`;
