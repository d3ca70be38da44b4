window.YTD.follower.part0 = [
  {"follower": {"accountId": "772", "userLink": "https://twitter.com/intent/user?user_id=772"}},
  {"follower": {"accountId": "773", "userLink": "https://twitter.com/intent/user?user_id=773"}}
]
