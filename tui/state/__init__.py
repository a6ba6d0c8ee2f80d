"""State that outlives a screen: each piece has one owner that changes and announces it. Knows no screens or widgets."""
