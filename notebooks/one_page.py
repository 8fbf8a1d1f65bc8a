"""The whole translator on one page: French in, English out, with attention in between.

`python one_page.py le chien dort` trains it on one core (a minute or two), tests it, translates your words.
It needs data/ and PyTorch only. The parts stand in the order in which the data meets them. Shapes:
B sentences, S source words, T target words, E numbers a word, H numbers a state, V words in the vocabulary.
"""

import random
import re
import sys
import time
from pathlib import Path

import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

DATA = Path(__file__).resolve().parent.parent / "data"
E, H = 64, 100
EPOCHS, BATCH_SIZE, PEAK_RATE, MAX_NORM, MAX_WORDS = 2, 32, 4e-3, 1.0, 100
PAD, BOS, EOS, UNK = range(4)  # padding, beginning, end, a word that is not in the vocabulary


# 1. Text becomes words, and words become numbers.
def tokenize(text):  # "L'homme dort." -> ["l'", "homme", "dort"]
    text = text.lower().replace("’", "'").rstrip(" .!")
    return re.findall(r"\b(?:[cdjlmnst]|\w*qu)'|\w+(?:['-]\w+)*|[^\w\s]", text)


def read_pairs(name):  # lines "French <tab> English <tab> …" -> [(French words, English words), …]
    lines = (DATA / name).read_text(encoding="utf-8").splitlines()
    return [tuple(tokenize(text) for text in line.split("\t")[:2]) for line in lines]


def make_vocab(sentences):  # {"<pad>": 0, "<bos>": 1, …}
    words = sorted({word for sentence in sentences for word in sentence})
    return {word: i for i, word in enumerate(["<pad>", "<bos>", "<eos>", "<unk>", *words])}


# 2. Sentences become batches. Those in a batch are about equally long, so that little of it is padding.
def make_batches(pairs, epoch):
    pairs = sorted(pairs, key=lambda pair: len(pair[0]) + len(pair[1]) + 2 * random.random())
    batches = [pairs[i : i + BATCH_SIZE] for i in range(0, len(pairs), BATCH_SIZE)]
    if epoch > 0:  # in the first epoch short sentences come first: they teach best where to look
        random.shuffle(batches)
    return batches


def pad(sentences, vocab):  # B lists of words -> ids (B, length of the longest)
    ids = [torch.tensor([vocab.get(word, UNK) for word in words]) for words in sentences]
    return pad_sequence(ids, batch_first=True, padding_value=PAD)


# 3. The encoder reads the source in both directions, and keeps a state for every word.
class Encoder(nn.Module):
    def __init__(self, source_size):
        super().__init__()
        self.embedding = nn.Embedding(source_size, E)
        self.gru = nn.GRU(E, H // 2, batch_first=True, bidirectional=True)

    def forward(self, source):  # (B, S)
        mask = source != PAD  # (B, S), True at a word: every sentence has one, so no row gets all -inf
        embedded = self.embedding(source)  # (B, S, E)
        packed = pack_padded_sequence(embedded, mask.sum(dim=1), batch_first=True, enforce_sorted=False)
        packed_outputs, hidden = self.gru(packed)  # it reads no padding; hidden: (2, B, H/2)
        encoder_outputs, _ = pad_packed_sequence(packed_outputs, batch_first=True)  # (B, S, H)
        return encoder_outputs, torch.cat((hidden[0], hidden[1]), dim=1), mask  # (B, S, H), (B, H), (B, S)


# 4. The decoder writes a word a step. Before each it looks at all of the source: these are the PEDALS.
class AttnDecoderRNN(nn.Module):
    def __init__(self, target_size):
        super().__init__()
        self.embedding = nn.Embedding(target_size, E)
        self.attn, self.attn_combine = nn.Linear(E + H, H), nn.Linear(E + H, H)
        self.W, self.v = nn.Linear(H, H, bias=False), nn.Linear(H, 1, bias=False)
        self.gru, self.out = nn.GRUCell(H, H), nn.Linear(H, target_size)

    def forward(self, input, hidden, encoder_outputs, keys, mask):  # (B,), (B, H), 2 × (B, S, H), (B, S)
        embedded = self.embedding(input)  # (B, E)
        query = self.attn(torch.cat((embedded, hidden), dim=1))  # (B, H): Pose the query
        compared = torch.tanh(query.unsqueeze(1) + keys)  # (B, S, H): Examine the keys
        scores = self.v(compared).squeeze(2)  # (B, S): Determine the scores (no row is all padding)
        attn_weights = scores.masked_fill(~mask, -torch.inf).softmax(dim=1)  # (B, S): Apply softmax
        attn_applied = (attn_weights.unsqueeze(1) @ encoder_outputs).squeeze(1)  # (B, H): Look up the values
        output = self.attn_combine(torch.cat((embedded, attn_applied), dim=1))  # (B, H): Send the context
        hidden = self.gru(torch.relu(output), hidden)  # (B, H)
        return self.out(hidden), hidden, attn_weights  # (B, V), (B, H), (B, S)


# 5. Both together, with teacher forcing: how unlikely is each right word, given the right ones before it?
class Seq2Seq(nn.Module):
    def __init__(self, source_vocab, target_vocab):
        super().__init__()
        self.source_vocab, self.target_vocab = source_vocab, target_vocab
        self.encoder, self.decoder = Encoder(len(source_vocab)), AttnDecoderRNN(len(target_vocab))

    def loss(self, pairs):
        source = pad([french for french, _ in pairs], self.source_vocab)  # (B, S)
        target_input = pad([["<bos>", *english] for _, english in pairs], self.target_vocab)  # (B, T)
        target_output = pad([[*english, "<eos>"] for _, english in pairs], self.target_vocab)  # (B, T)
        encoder_outputs, hidden, mask = self.encoder(source)
        keys, logits = self.decoder.W(encoder_outputs), []  # the keys are the same at every step
        for input in target_input.unbind(dim=1):
            step_logits, hidden, _ = self.decoder(input, hidden, encoder_outputs, keys, mask)
            logits.append(step_logits)
        logits = torch.stack(logits, dim=1)  # (B, T, V)
        return nn.functional.cross_entropy(logits.flatten(0, 1), target_output.flatten(), ignore_index=PAD)


# 6. Training: Adam, with a rate that climbs over the first tenth of the updates, then falls to 0.
def train(model, pairs, epochs=EPOCHS):
    batches = [batch for epoch in range(epochs) for batch in make_batches(pairs, epoch)]
    optimizer = torch.optim.Adam(model.parameters())
    for update, batch in enumerate(batches):
        climb, fall = 10 * (update + 1) / len(batches), (1 - update / len(batches)) / 0.9
        optimizer.param_groups[0]["lr"] = PEAK_RATE * min(climb, fall)
        loss = model.loss(batch)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
        optimizer.step()
        print(f"\rupdate {update + 1} of {len(batches)}, loss {loss:.2f} ", end="", flush=True)


# 7. Translating: now the decoder is given its own words, always the likeliest.
@torch.no_grad()
def translate(model, sentences):  # B lists of French words -> B lists of English words
    encoder_outputs, hidden, mask = model.encoder(pad(sentences, model.source_vocab))
    keys, ids = model.decoder.W(encoder_outputs), [torch.full((len(sentences),), BOS)]
    while len(ids) <= MAX_WORDS and not (torch.stack(ids) == EOS).any(dim=0).all():  # until all have ended
        logits, hidden, _ = model.decoder(ids[-1], hidden, encoder_outputs, keys, mask)
        ids.append(logits.argmax(dim=1))  # (B,)
    words, rows = list(model.target_vocab), torch.stack(ids[1:], dim=1).tolist()
    return [[words[i] for i in row[: [*row, EOS].index(EOS)]] for row in rows]


if __name__ == "__main__":
    random.seed(1)
    torch.manual_seed(1)
    torch.set_num_threads(1)  # the matrices are small: more threads would only wait for each other
    pairs, started = read_pairs("train.tsv"), time.perf_counter()
    model = Seq2Seq(make_vocab(french for french, _ in pairs), make_vocab(english for _, english in pairs))
    train(model, pairs)
    print(f"\ntrained in {time.perf_counter() - started:.0f} seconds")
    test = random.sample(read_pairs("test.tsv"), 200)
    right = sum(a == b for a, (_, b) in zip(translate(model, [french for french, _ in test]), test))
    print(f"{right / len(test):.0%} of {len(test)} test sentences come out right, word for word")
    for french in filter(tokenize, ("le chat noir est sur le tapis", " ".join(sys.argv[1:]))):
        print(french, "->", " ".join(translate(model, [tokenize(french)])[0]).replace(" ,", ","))
