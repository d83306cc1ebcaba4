package wire

import "github.com/tabstate/tabstate/wasm/session"

// Put stores a value under the key that the buffer begins with; its text follows
// the key. The slot is in the registers.
func (p *Port) Put(keyLength, kind uint32, number float64, textLength uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	text, given := p.input(keyLength, textLength)
	if text == nil {
		return p.refuse(badArgument)
	}
	before := p.version()
	slot, err := p.session.Put(text[:keyLength:keyLength], value(kind, number, text[keyLength:], given))
	if err != nil {
		return p.refuse(err)
	}
	p.Registers.Slot = uint32(p.session.Known(slot))
	return p.written(before)
}

// Write stores a value under the key of a slot; its text begins the buffer.
func (p *Port) Write(slot, kind uint32, number float64, textLength uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	text, given := p.input(0, textLength)
	if text == nil {
		return p.refuse(badArgument)
	}
	before := p.version()
	if err := p.session.Write(session.Slot(slot), value(kind, number, text, given)); err != nil {
		return p.refuse(err)
	}
	return p.written(before)
}

// Remove deletes the key of a slot.
func (p *Port) Remove(slot uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	before := p.version()
	p.session.Remove(session.Slot(slot))
	return p.ended(before)
}

// Clear deletes every key that begins with the prefix in the buffer.
func (p *Port) Clear(prefixLength uint32) float64 {
	prefix, ok := p.keyInput(prefixLength)
	if !ok {
		return Refused
	}
	before := p.version()
	p.session.Clear(string(prefix))
	return p.ended(before)
}

// Reset deletes every key and gives up the history.
func (p *Port) Reset() float64 {
	if !p.ready() {
		return p.absent()
	}
	before := p.version()
	p.session.Reset()
	return p.ended(before)
}

// Restore replaces all entries whose keys begin with the prefix in the buffer by
// those of the text that follows it, which has the keys without the prefix. When
// quiet is not 0, the caller has no use for the changes: where there is nobody else
// to tell, it gives the version and, as text, the bits of [session.Session.Refill].
func (p *Port) Restore(prefixLength, textLength, quiet uint32) (marks []byte, result float64) {
	if !p.ready() {
		return nil, p.absent()
	}
	text, large := p.input(prefixLength, textLength)
	if text == nil {
		return nil, p.refuse(badArgument)
	}
	before := p.version()
	if quiet != 0 && prefixLength == 0 {
		if marks, ok := p.session.Refill(text, p.out[:0]); ok {
			p.out = marks
			if large {
				p.spare = text // likely to be wanted again
			}
			if p.version() == before {
				return nil, 0
			}
			return marks, float64(p.version())
		}
	}
	if err := p.session.RestoreText(text[prefixLength:], string(text[:prefixLength])); err != nil {
		return nil, p.refuse(err)
	}
	return nil, p.ended(before)
}

// Travel opens a batch and writes the last step back in it: of undo, or of redo.
// It gives 1, or 0, without a batch, when there is no step.
func (p *Port) Travel(redo uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	ok, err := p.session.BeginTravel(redo != 0)
	if err != nil {
		return p.refuse(err)
	}
	if ok {
		return 1
	}
	return 0
}

// Begin opens a batch.
func (p *Port) Begin() float64 {
	if !p.ready() {
		return p.absent()
	}
	p.session.Begin()
	return 0
}

// Commit ends the innermost batch.
func (p *Port) Commit() float64 {
	if !p.ready() {
		return p.absent()
	}
	p.session.Commit()
	if p.session.Open() == 0 {
		return Drain
	}
	return 0
}

// Rollback undoes the innermost batch.
func (p *Port) Rollback() float64 {
	if !p.ready() {
		return p.absent()
	}
	p.session.Rollback()
	return Drain
}

func value(kind uint32, number float64, text []byte, given bool) session.Value {
	switch k := session.Kind(min(kind, 255)); k {
	case session.String, session.JSON:
		if given {
			return session.GivenText(k, text)
		}
		return session.BorrowedText(k, text)
	default:
		return session.PrimitiveValue(k, number)
	}
}

func (p *Port) version() uint64 { return p.session.Stats().Version }

// written is the result of a call that writes one key.
func (p *Port) written(before uint64) float64 {
	version := p.version()
	adjusted := p.session.TakeAdjusted()
	if version == before {
		return 0
	}
	if adjusted {
		return Adjusted
	}
	if p.session.Open() > 0 || p.session.Changed() == 0 {
		return float64(version)
	}
	// With a history, forgetting may free slots, of which the caller has to hear.
	if p.session.Changed() == 1 && !p.session.KeepsHistory() {
		if _, _, _, old := p.session.ChangedAt(0); old.Kind() != session.Reference {
			p.session.Told()
			return float64(version)
		}
	}
	return Drain
}

// ended is the result of a call that may change several keys.
func (p *Port) ended(before uint64) float64 {
	version := p.version()
	if version == before {
		return 0
	}
	if p.session.Open() > 0 {
		return float64(version)
	}
	return Drain
}
