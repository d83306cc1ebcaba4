package wire

import (
	"math"

	"github.com/tabstate/tabstate/wasm/session"
)

// SetMode changes the enforcement mode.
func (p *Port) SetMode(mode uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	if err := p.session.SetMode(session.Mode(min(mode, math.MaxUint8))); err != nil {
		return p.refuse(err.(*session.Error))
	}
	return 0
}

// SetOrigin says who makes the changes from now on.
func (p *Port) SetOrigin(origin uint32) float64 {
	if !p.ready() {
		return p.absent()
	}
	if origin > uint32(session.URL) {
		return p.refuse(badArgument)
	}
	p.session.SetOrigin(session.Origin(origin))
	return 0
}

// SetLimits changes the limits; 0 is a limit's default.
func (p *Port) SetLimits(keyBytes, depth, valueBytes, entries, totalBytes float64) float64 {
	if !p.ready() {
		return p.absent()
	}
	limits := session.Limits{
		KeyBytes: int(whole(keyBytes)), Depth: int(whole(depth)), ValueBytes: whole(valueBytes),
		Entries: int(whole(entries)), TotalBytes: whole(totalBytes),
	}
	if err := p.session.SetLimits(limits); err != nil {
		return p.refuse(err.(*session.Error))
	}
	p.tellLimits()
	return 0
}

func (p *Port) tellLimits() {
	l := p.session.Limits()
	p.Registers.Limits = [...]float64{float64(l.KeyBytes), float64(l.Depth), float64(l.ValueBytes), float64(l.Entries), float64(l.TotalBytes)}
}

// SetHistory bounds the history; without steps there is none, 0 bytes are the default.
func (p *Port) SetHistory(steps, bytes float64) float64 {
	if !p.ready() {
		return p.absent()
	}
	if err := p.session.SetHistory(session.HistoryLimits{Steps: int(whole(steps)), Bytes: whole(bytes)}); err != nil {
		return p.refuse(err.(*session.Error))
	}
	return 0
}

// Advance has the versions go on above the one given: that of the session which
// this one follows from. They never go back.
func (p *Port) Advance(version float64) float64 {
	if !p.ready() {
		return p.absent()
	}
	if !(version >= 0 && version <= 1<<52 && version == math.Trunc(version)) {
		return p.refuse(badArgument)
	}
	p.session.Advance(uint64(version))
	return 0
}

// whole is -1, which no limit allows, for what is not a whole number of 32 bits.
func whole(f float64) int64 {
	if f >= 0 && f <= math.MaxUint32 && f == math.Trunc(f) {
		return int64(f)
	}
	return -1
}

// Stats gives seven doubles: keys, bytes, version, mode, open batches, and how many
// steps can be undone and redone.
func (p *Port) Stats() []byte {
	if !p.ready() {
		return nil
	}
	stats := p.session.Stats()
	undo, redo := p.session.Steps()
	p.out = p.out[:0]
	for _, f := range [...]float64{
		float64(stats.Keys), float64(stats.Bytes), float64(stats.Version), float64(p.session.Mode()), float64(p.session.Open()), float64(undo), float64(redo),
	} {
		bits := math.Float64bits(f)
		p.out = appendWord(p.out, uint32(bits))
		p.out = appendWord(p.out, uint32(bits>>32))
	}
	return p.out
}
