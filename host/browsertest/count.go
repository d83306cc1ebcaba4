package browsertest

import "encoding/json"

// Counts is what the pages of the current window's process hold.
type Counts struct {
	// Nodes are those of documents, and those that only scripts still hold.
	Nodes int
	// Listeners are event listeners of nodes and windows.
	Listeners int
	// Heap is the memory that scripts' objects use, in bytes.
	Heap int
}

// counter is a driver that can count.
type counter interface{ count() (Counts, error) }

// Count collects garbage and then counts. Where the driver cannot, see Cannot, nothing is counted.
func (b *Browser) Count() Counts {
	b.t.Helper()
	if b.Cannot(Counting) != "" {
		return Counts{}
	}
	counts, err := b.driver.(counter).count()
	b.must(err, "counting nodes and listeners")
	return counts
}

func (c *chromium) count() (Counts, error) {
	for _, method := range []string{"HeapProfiler.collectGarbage", "Performance.enable"} {
		if err := c.cdp(method, map[string]any{}); err != nil {
			return Counts{}, err
		}
	}
	answer, err := c.do(cdp, map[string]any{"cmd": "Performance.getMetrics", "params": map[string]any{}})
	if err != nil {
		return Counts{}, err
	}
	var found struct {
		Metrics []struct {
			Name  string
			Value float64
		}
	}
	if err := json.Unmarshal(answer, &found); err != nil {
		return Counts{}, err
	}
	named := map[string]int{}
	for _, metric := range found.Metrics {
		named[metric.Name] = int(metric.Value)
	}
	return Counts{Nodes: named["Nodes"], Listeners: named["JSEventListeners"], Heap: named["JSHeapUsedSize"]}, nil
}
