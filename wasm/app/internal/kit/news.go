package kit

import (
	"encoding/json"
	"slices"
)

// News is what the page has to know of the program. It asks for it after each call in
// which the program ran, and when it was woken.
type News struct {
	// Do is what happened: "callback", "listen", "computed", "end", "stale", "again" or "error".
	Do   string `json:"do"`
	ID   uint32 `json:"id,omitempty"`
	Name string `json:"name,omitempty"`
	// Keys are those listened to, or computed from; null is every key.
	Keys  []string `json:"keys"`
	Slots []uint32 `json:"slots,omitempty"`
	// Error is as the session writes it.
	Error json.RawMessage `json:"error,omitempty"`
}

func (k *Kit) tell(n News) {
	k.mu.Lock()
	k.news = append(k.news, n)
	k.mu.Unlock()
}

// HasNews tells whether there is any.
func (k *Kit) HasNews() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return len(k.news) > 0
}

// News gives what the page did not hear yet.
func (k *Kit) News() []News {
	k.mu.Lock()
	defer k.mu.Unlock()
	news := slices.DeleteFunc(k.news, func(n News) bool {
		_, live := k.functions[n.ID]
		return n.ID != 0 && n.Do != "end" && !live // it has ended already
	})
	k.news = nil
	return news
}
