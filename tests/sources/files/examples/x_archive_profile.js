window.YTD.profile.part0 = [
  {"profile": {"description": {"bio": "oat person", "website": "https://ann.example", "location": "Halle"}, "avatarMediaUrl": "https://ann.example/a.jpg"}}
]
