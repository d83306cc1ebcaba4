package apptest

import (
	"encoding/json"
	"slices"

	"github.com/tabstate/tabstate/wasm/app/internal/value"
	"github.com/tabstate/tabstate/wasm/session"
)

// maxRounds is how often listeners may answer a delivery with writes (rule 22).
const maxRounds = 100

type listener struct {
	id   uint32
	keys []string // nil for every key
}

type computed struct {
	id   uint32
	name string
	keys []string
	slot session.Slot
	told string // the JSON text that listeners know
}

// change is one as the program is told it.
type change struct {
	Key     string          `json:"key"`
	Value   json.RawMessage `json:"value,omitempty"`
	Old     json.RawMessage `json:"old,omitempty"`
	Version uint64          `json:"version"`
	Origin  string          `json:"origin"`
}

var origins = [...]string{"code", "widget", "callback", "restore", "history", "url"}

// settle hears what the program has to say, and tells the listeners what changed.
func (p *Page) settle() {
	if p.destroyed {
		return
	}
	p.hear()
	for round := 0; ; round++ {
		changes := p.changes()
		if len(changes) == 0 {
			return
		}
		if round == maxRounds {
			p.report(&session.Error{Class: session.ErrUsage.Class, Code: "listener-cycle", Key: changes[0].Key,
				Reason: "listeners went on changing the session for 100 rounds", Hint: "Let a listener write only when its value has to change"})
			return
		}
		p.deliver(p.withComputed(changes))
		p.hear()
	}
}

// changes takes what changed since the last time, one for each key.
func (p *Page) changes() (list []change) {
	p.kit.Drive(func(s *session.Session) {
		if s.Open() > 0 {
			return
		}
		seen := map[session.Slot]bool{}
		for i := range s.Changed() {
			slot, version, origin, old := s.ChangedAt(i)
			if seen[slot] {
				continue
			}
			seen[slot] = true
			now, _, _, _ := s.Read(slot)
			c := change{Key: string(s.KeyOf(slot)), Value: now.AppendJSON(nil), Old: old.AppendJSON(nil), Version: version, Origin: origins[origin]}
			if string(c.Value) != string(c.Old) || now.Kind() != old.Kind() {
				list = append(list, c)
			}
		}
		s.Told()
	})
	return list
}

// withComputed adds the computed values that changed with others, where anybody listens.
func (p *Page) withComputed(changes []change) []change {
	for i := 0; i < len(changes); i++ {
		for _, c := range p.computed {
			if !slices.Contains(c.keys, changes[i].Key) || !p.heard(c.name) {
				continue
			}
			text, err := p.kit.RunComputed(c.id)
			if err != nil {
				p.report(err)
				continue
			}
			if string(text) == c.told {
				continue
			}
			changes = append(changes, change{Key: c.name, Value: text, Old: json.RawMessage(c.told), Version: changes[i].Version, Origin: changes[i].Origin})
			c.told = string(text)
		}
	}
	return changes
}

func (p *Page) heard(key string) bool {
	return slices.ContainsFunc(p.listeners, func(l *listener) bool { return slices.Contains(l.keys, key) }) || p.feeds(key)
}

// feeds tells whether other computed values follow from the key.
func (p *Page) feeds(key string) bool {
	return slices.ContainsFunc(p.computed, func(c *computed) bool { return slices.Contains(c.keys, key) })
}

// deliver tells the listeners of single keys first, then those of several, then those of
// every key: the order of the page.
func (p *Page) deliver(changes []change) {
	listeners := slices.Clone(p.listeners)
	for _, c := range changes {
		for _, l := range listeners {
			if len(l.keys) == 1 && l.keys[0] == c.Key {
				p.tell(l, []change{c})
			}
		}
	}
	for _, l := range listeners {
		if len(l.keys) < 2 {
			continue
		}
		own := slices.DeleteFunc(slices.Clone(changes), func(c change) bool { return !slices.Contains(l.keys, c.Key) })
		if len(own) > 0 {
			p.tell(l, own)
		}
	}
	for _, l := range listeners {
		if l.keys == nil {
			p.tell(l, changes)
		}
	}
}

func (p *Page) tell(l *listener, changes []change) {
	if !slices.Contains(p.listeners, l) {
		return // ended meanwhile
	}
	text, err := json.Marshal(changes)
	p.must(err)
	name := "of every key"
	if l.keys != nil {
		name = l.keys[0]
	}
	p.ran("listener %s", name)
	p.report(p.kit.RunListener(l.id, text))
	p.hear()
}

// hear takes the program's news.
func (p *Page) hear() {
	p.mu.Lock()
	p.woken = false
	p.mu.Unlock()
	for _, n := range p.kit.News() {
		switch n.Do {
		case "callback":
			p.callbacks[n.Name], p.names[n.ID] = n.ID, n.Name
		case "rerun":
			p.reruns[n.Slots[0]] = n.ID
		case "listen":
			p.listeners = append(p.listeners, &listener{n.ID, n.Keys})
			p.watch(n.Keys)
		case "computed":
			c := &computed{id: n.ID, name: n.Name, keys: n.Keys}
			p.kit.Drive(func(s *session.Session) {
				var err *session.Error
				c.slot, err = s.Reserve([]byte(c.name))
				p.report(err)
			})
			p.computed = append(p.computed, c)
		case "end":
			p.end(n.ID)
		case "again":
			p.run(true, false, func() error {
				p.kit.Drive((*session.Session).Again)
				return nil
			})
		case "error":
			var err session.Error
			p.must(value.DecodeText(n.Error, &err))
			p.report(&err)
		}
	}
}

// watch notes from which value a computed key's changes are told.
func (p *Page) watch(keys []string) {
	for _, c := range p.computed {
		if slices.Contains(keys, c.name) && c.told == "" {
			text, _ := p.kit.RunComputed(c.id)
			c.told = string(text)
		}
	}
}

func (p *Page) end(id uint32) {
	delete(p.callbacks, p.names[id])
	p.listeners = slices.DeleteFunc(p.listeners, func(l *listener) bool { return l.id == id })
	p.computed = slices.DeleteFunc(p.computed, func(c *computed) bool {
		if c.id == id {
			p.kit.Drive(func(s *session.Session) { s.Unreserve(c.slot) })
		}
		return c.id == id
	})
}
