window.YTD.like.part0 = [
  {"like": {"tweetId": "1799", "fullText": "oat", "expandedUrl": "https://twitter.com/i/web/status/1799"}},
  {"like": {"tweetId": "1798", "fullText": "rye", "expandedUrl": "https://twitter.com/i/web/status/1798"}}
]
