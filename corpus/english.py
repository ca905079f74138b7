"""What Chinese bodies of state are called in English, in lower case."""

from __future__ import annotations

ISSUERS = {
    "miit": "工业和信息化部",
    "ministry of industry and information technology": "工业和信息化部",
    "ndrc": "国家发展和改革委员会",
    "national development and reform commission": "国家发展和改革委员会",
    "cyberspace administration of china": "网络安全和信息化委员会办公室",
    "standardization administration of china": "国家标准化管理委员会",
    "samr": "国家市场监督管理总局",
    "state administration for market regulation": "国家市场监督管理总局",
    "state council": "国务院",
    "ministry of science and technology": "科学技术部",
    "ministry of education": "教育部",
    "ministry of finance": "财政部",
    "ministry of public security": "公安部",
    "ministry of commerce": "商务部",
    "ministry of justice": "司法部",
    "ministry of transport": "交通运输部",
    "national health commission": "国家卫生健康委员会",
    "world internet conference": "世界互联网大会",
    "wic": "世界互联网大会",
    "cac": "网络安全和信息化委员会办公室",
}
